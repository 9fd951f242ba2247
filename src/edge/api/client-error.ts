import type { Socket } from "node:net";
import { ApiError, errorBody } from "./errors.ts";
import { jsonText } from "./reply.ts";

const answers: Readonly<Record<string, ApiError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError(408, "Request Timeout", "the request did not arrive in time"),
  HPE_HEADER_OVERFLOW: new ApiError(431, "Request Header Fields Too Large", "the request line and the headers are too long together"),
};

const reasons: Readonly<Record<number, string>> = { 400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large" };

/** Answers what is no HTTP request, or none that is complete in time, with the error body of everything else, and closes the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = answers[error.code ?? ""] ?? new ApiError(400, "Bad Request", "this is not an HTTP request");
  const body = Buffer.from(jsonText(errorBody(answer)));
  const head = [
    `HTTP/1.1 ${answer.status} ${reasons[answer.status] ?? ""}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body.toString()}`);
}
