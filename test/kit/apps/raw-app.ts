import { createServer, type Socket } from "node:net";
import { Listening } from "./app.ts";

export interface RawApp {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Addresses from which it was asked, oldest first. */
  readonly askedFrom: readonly string[];
  close(): Promise<void>;
}

/** An app that does with each connection what a test wants: for answers that no library would give. Listens on 127.0.0.1. */
export async function startRawApp(talk: (socket: Socket) => void): Promise<RawApp> {
  const askedFrom: string[] = [];
  let open = 0;
  const server = createServer((socket) => {
    askedFrom.push(socket.remoteAddress ?? "");
    open += 1;
    socket.once("close", () => { open -= 1; });
    talk(socket);
  });
  const listening = new Listening(server, 0);
  await listening.open();
  return {
    get port() { return listening.port; },
    get open() { return open; },
    askedFrom,
    close: () => listening.close(),
  };
}

/** An app that answers every connection with these bytes and waits for the other end to close. */
export function startTextApp(...bytes: readonly string[]): Promise<RawApp> {
  return startRawApp((socket) => {
    socket.once("data", () => bytes.forEach((each) => socket.write(each)));
  });
}
