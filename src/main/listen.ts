import { formatListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";

/** What happens most when a server starts to listen, in words. */
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens there",
  EADDRNOTAVAIL: "this machine does not have that address",
  EACCES: "this user may not listen there",
  ENOTFOUND: "the name cannot be resolved",
};

/** Starts to listen, or ends the command with one sentence that names the option and the address. */
export async function listenOrFail<T>(option: string, address: ListenAddress, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    throw new CommandFailure(exitStatus.unavailable, `${option}: cannot listen on ${formatListenAddress(address)}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  // gRPC gives no code, only a text that has it.
  const known = Object.keys(reasons).find((name) => name === code || message.includes(name));
  return known === undefined ? message : (reasons[known] ?? message);
}
