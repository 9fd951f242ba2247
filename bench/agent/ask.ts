import { connect } from "node:net";

export interface Asked {
  readonly port: number;
  readonly path: string;
}

/**
 * One probe as a kubelet makes it, on a connection of its own; it is reset when the answer is there, so that it leaves nothing behind that
 * could be taken for something that the agent left. Gives milliseconds. @throws unless it is answered with 200.
 */
export function ask({ port, path }: Asked): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: kube-probe/1.36\r\nAccept: */*\r\nConnection: close\r\n\r\n`);
    socket.on("error", reject);
    socket.once("close", () => reject(new Error(`${path}: closed without an answer`)));
    socket.once("data", (answer: Buffer) => {
      const ms = performance.now() - began;
      socket.resetAndDestroy();
      if (answer.toString("latin1", 0, 12) === "HTTP/1.1 200") resolve(ms);
      else reject(new Error(`${path}: ${answer.toString("latin1").split("\r\n")[0] ?? ""}`));
    });
  });
}

/** Asks `count` times, so many at a time. */
export async function askMany(count: number, atATime: number, which: (i: number) => Asked): Promise<void> {
  let next = 0;
  const askOn = async (): Promise<void> => {
    while (next < count) await ask(which(next++));
  };
  await Promise.all(Array.from({ length: atATime }, askOn));
}
