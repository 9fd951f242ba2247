import type { Socket } from "node:net";

/** How every HTTP/2 connection begins (RFC 9113, section 3.4); no method of HTTP/1.1 begins so. */
const preface = Buffer.from("PRI ");

/**
 * Tells by the first bytes of a connection whether it speaks HTTP/2, and leaves these bytes where they were. A connection that does
 * not say enough within `timeoutMs` milliseconds is closed, and `tell` is not called.
 */
export function saysHttp2(socket: Socket, timeoutMs: number, tell: (isHttp2: boolean) => void): void {
  const late = setTimeout(() => socket.destroy(), timeoutMs);
  let seen = Buffer.alloc(0);
  const take = (chunk: Buffer): void => {
    seen = Buffer.concat([seen, chunk]);
    const known = Math.min(seen.length, preface.length);
    const fits = seen.subarray(0, known).equals(preface.subarray(0, known));
    if (fits && known < preface.length) return;
    clearTimeout(late);
    socket.off("data", take);
    socket.pause();
    socket.unshift(seen);
    tell(fits);
    // A session of HTTP/2 reads what it finds by itself; flowing, it would be lost.
    if (!fits) socket.resume();
  };
  socket.on("data", take);
  socket.once("close", () => clearTimeout(late));
}
