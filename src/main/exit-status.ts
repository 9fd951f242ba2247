/** Exit statuses of the command; those from 64 up as in BSD's sysexits. */
export const exitStatus = {
  ok: 0,
  /** What was looked at is not valid, or is not there. */
  invalid: 1,
  /** Options or configuration are wrong. */
  usage: 64,
  /** An address to listen on is taken, the store cannot be opened, or no control plane answers. */
  unavailable: 69,
  /** A fault of our own. */
  internal: 70,
  /** The control plane does not know who asks, or does not let them. */
  denied: 77,
} as const;

/** Ends a command with this status; the message is all that the user sees. */
export class CommandFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "CommandFailure";
    this.status = status;
  }
}

/** What a failure says of itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
