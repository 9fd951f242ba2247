import type { FastifyReply } from "fastify";
import { ApiError, errorBody } from "./errors.ts";

/** JSON as Kuma's API writes it: indented by one space, a newline at the end, nothing escaped that need not be. */
export function jsonText(body: unknown): string {
  return `${JSON.stringify(body, null, 1)}\n`;
}

/** Answers with JSON. Sent as bytes, because the framework adds a charset to the content type of a text. */
export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).header("content-type", "application/json").send(Buffer.from(jsonText(body)));
}

export function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header("content-type", "text/plain; charset=utf-8").send(Buffer.from(text));
}

export function sendError(reply: FastifyReply, error: ApiError): FastifyReply {
  return sendJson(reply, error.status, errorBody(error));
}

/** What was thrown below a route, as an answer; undefined when nobody foresaw it. */
export function answerTo(thrown: unknown, bodyLimitBytes: number): ApiError | undefined {
  if (thrown instanceof ApiError) return thrown;
  const { code, statusCode, message } = thrown as { code?: string; statusCode?: number; message?: string };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return new ApiError(413, "Request Entity Too Large", `the body is larger than the limit of ${bodyLimitBytes} bytes`);
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiError(statusCode, statusCode === 415 ? "Unsupported Media Type" : "Bad Request", message ?? "the request cannot be read");
  }
  return undefined;
}
