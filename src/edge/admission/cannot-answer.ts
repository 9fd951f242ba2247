/** Something outside of the control plane is in the way of an answer. The message is for whoever asked: what becomes of the object then is the failure policy's to say. */
export class CannotAnswer extends Error {
  override readonly name = "CannotAnswer";
}
