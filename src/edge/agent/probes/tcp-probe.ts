import type { TcpSocketProber } from "../../../core/probe/prober.ts";
import type { Dialer } from "./dialer.ts";
import { exchange } from "./exchange.ts";
import type { Patience } from "./patience.ts";

/** Opens the port. @throws when it cannot be opened. */
export async function probeTcp({ port }: TcpSocketProber, dialer: Dialer, patience: Patience): Promise<void> {
  await exchange<undefined>(dialer, port, patience, (socket, ending) => {
    socket.once("connect", () => ending.finish(undefined));
  });
}
