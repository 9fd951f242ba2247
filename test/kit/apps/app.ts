import type { AddressInfo, Server, Socket } from "node:net";

/** An app behind a sidecar that a test can make misbehave. Every app has a fixed port, so that closing and opening it again is a fault. */
export interface App {
  readonly name: string;
  readonly port: number;
  /** Closes the port and every connection: what follows is refused. */
  closePort(): Promise<void>;
  /** Opens it again. */
  openPort(): Promise<void>;
  /** For good. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and keeps count of the connections, so that closing the port can end them as well. */
export class Listening {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port: number;

  /** @param port 0: the system's choice, kept from then on. */
  constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return this.#port;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, "127.0.0.1", () => {
        this.#server.off("error", reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => { resolve(); });
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}
