import { connect, type Socket } from "node:net";

/** What came back over a connection until it ended. */
export interface RawAnswer {
  /** Of each answer, in order; several where requests were pipelined. */
  readonly statuses: readonly number[];
  readonly text: string;
  /** Bytes that were written until the first answer came. */
  readonly writtenBefore: number;
}

/**
 * Writes bytes to a server as they are, half-closes, and reads until the server closes. `parts` is pulled as the server takes it; once
 * something is answered nothing more is written.
 */
export function sendRaw(port: number, parts: Iterable<Buffer | string>): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    let written = 0;
    let writtenBefore: number | undefined;
    const ended = (): void => {
      const text = Buffer.concat(chunks).toString("latin1");
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
      resolve({ statuses, text, writtenBefore: writtenBefore ?? written });
    };
    socket.on("data", (chunk: Buffer) => {
      writtenBefore ??= written;
      chunks.push(chunk);
    });
    socket.on("error", () => undefined);
    socket.on("close", ended);
    socket.on("connect", () => {
      void writeAll(socket, parts, (bytes) => (written += bytes), () => writtenBefore !== undefined);
    });
  });
}

async function writeAll(socket: Socket, parts: Iterable<Buffer | string>, onWritten: (bytes: number) => void, isAnswered: () => boolean): Promise<void> {
  for (const part of parts) {
    if (isAnswered() || socket.destroyed) break;
    // Done when the part is handed on, or can no longer be.
    const taken = new Promise<void>((resolve) => socket.write(part, () => resolve()));
    onWritten(Buffer.byteLength(part));
    await taken;
  }
  socket.end();
}

/** A request with its body, as one text; the connection is closed after it. */
export function requestText(method: string, url: string, body: Buffer | string = "", headers: Readonly<Record<string, string>> = {}): Buffer {
  const all = { host: "127.0.0.1", connection: "close", ...(body.length > 0 ? { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) } : {}), ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${method} ${url} HTTP/1.1\r\n${head}\r\n`, "latin1"), Buffer.from(body)]);
}
