import { type ClientHttp2Session, connect as connectHttp2, type OutgoingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import type { Ending } from "./exchange.ts";
import type { Question } from "./forwarded-headers.ts";
import { maxBodyBytes } from "./http1.ts";
import type { Reply } from "./redirect.ts";

/** One request in HTTP/2. */
export function talkHttp2(socket: Socket, question: Question, ending: Ending<Reply>): void {
  const session = startSession(socket, "https://localhost", ending);
  const stream = session.request(headersOf(question), { endStream: true });
  stream.on("error", ending.fail);
  stream.on("response", ({ ":status": status = 0, location }) => {
    const finish = (): void => ending.finish({ status, ...(location === undefined ? {} : { location }) });
    let left = maxBodyBytes;
    stream.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left <= 0) finish();
    });
    stream.on("end", finish);
  });
  stream.on("close", () => ending.fail(new Error("the app ended the request without a reply")));
}

/** A session on a connection that is there already; it ends with that. What `authority` says, a request may say otherwise. */
export function startSession(socket: Socket, authority: string, ending: Ending<never>): ClientHttp2Session {
  const session = connectHttp2(authority, { createConnection: () => socket, settings: { enablePush: false }, maxSessionMemory: 1 });
  session.on("error", ending.fail);
  session.on("goaway", (code) => {
    if (code !== 0) ending.fail(new Error(`the app ended the session with code ${code}`));
  });
  socket.once("close", () => session.destroy());
  return session;
}

function headersOf({ scheme, target, host, headers }: Question): OutgoingHttpHeaders {
  const all: Record<string, string[]> = {};
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const [name = "", value = ""] = headers.slice(i, i + 2);
    (all[name.toLowerCase()] ??= []).push(value);
  }
  const fields = Object.entries(all).map(([name, values]) => [name, values.length === 1 ? values[0] : values] as const);
  return { ...Object.fromEntries(fields), ":method": "GET", ":scheme": scheme, ":authority": host, ":path": target };
}
