import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import type { Ending } from "./exchange.ts";
import type { Question } from "./forwarded-headers.ts";
import type { Reply } from "./redirect.ts";

/** As much of a body is waited for as the kubelet would read; the rest is nobody's. */
export const maxBodyBytes = 10 * 1024;

/** Most bytes of a reply's headers. */
export const maxHeaderBytes = 64 * 1024;

/** Replies before the reply, such as 100 or 103. */
const maxInformational = 5;

/** One request in HTTP/1.1. */
export function talkHttp1(socket: Socket, question: Question, ending: Ending<Reply>): void {
  const request = httpRequest({
    createConnection: () => socket,
    path: question.target,
    headers: ["Host", question.host, ...question.headers, "Connection", "close"],
    maxHeaderSize: maxHeaderBytes,
  });
  request.on("error", ending.fail);
  let informational = 0;
  request.on("information", () => {
    if (++informational > maxInformational) ending.fail(new Error("too many informational replies"));
  });
  request.on("response", (response) => {
    const { location } = response.headers;
    const finish = (): void => ending.finish({ status: response.statusCode ?? 0, ...(location === undefined ? {} : { location }) });
    let left = maxBodyBytes;
    response.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left <= 0) finish();
    });
    response.on("error", ending.fail);
    // Before Node closes the connection politely, which leaves something of it: see the dialer.
    response.prependListener("end", finish);
  });
  request.end();
}
