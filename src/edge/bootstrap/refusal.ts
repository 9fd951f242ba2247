/** An answer with a status from 400 up; its message is the body. */
export class BootstrapRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "BootstrapRefusal";
    this.status = status;
  }
}
