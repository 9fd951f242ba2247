import { createServer } from "node:net";
import type { Socket } from "node:net";
import { freePort } from "../ports.ts";
import { Listening } from "./app.ts";
import type { App } from "./app.ts";

/** `pong`: every ping is answered with a pong; `wrong`: with something else; `silent`: not at all. */
export type TcpBehaviour = "pong" | "wrong" | "silent";

export interface TcpApp extends App {
  behaviour: TcpBehaviour;
  /** Bytes received, one entry a chunk, oldest first. */
  readonly seen: readonly Buffer[];
  /** Connections accepted so far. */
  readonly connections: number;
}

/** What the app waits for and what it answers, in the way of a cache that speaks lines. */
export const ping = "PING\r\n";
export const pong = "+PONG\r\n";

/** Starts a TCP app. */
export async function startTcpApp(name: string): Promise<TcpApp> {
  const seen: Buffer[] = [];
  const app = { behaviour: "pong" as TcpBehaviour, connections: 0 };
  const server = createServer((socket) => {
    app.connections += 1;
    let rest = "";
    socket.on("data", (bytes) => {
      seen.push(bytes);
      const lines = (rest + bytes.toString("latin1")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) answer(app.behaviour, `${line}\n`, socket);
    });
  });
  const listening = new Listening(server, await freePort());
  await listening.open();
  return Object.assign(app, {
    name, seen, port: listening.port,
    closePort: () => listening.close(),
    openPort: () => listening.open(),
    close: () => listening.close(),
  });
}

function answer(behaviour: TcpBehaviour, line: string, socket: Socket): void {
  if (behaviour === "silent") return;
  socket.write(behaviour === "pong" && line === ping ? pong : "-ERR\r\n");
}
