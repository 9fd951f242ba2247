import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ApiConnection } from "./connection.ts";
import { ConnectionFailure, describeConnectionFailure } from "./connection-failure.ts";

export interface ApiRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Below the address; with its query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** More headers, such as conditions. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends one request and reads the whole answer, whatever its status. Redirects are not followed. @throws ConnectionFailure when there is no answer. */
export async function sendRequest(connection: ApiConnection, request: ApiRequest): Promise<ApiReply> {
  try {
    return await exchange(connection, request);
  } catch (error) {
    throw new ConnectionFailure(describeConnectionFailure(connection, error as NodeJS.ErrnoException), codeOf(error));
  }
}

function exchange({ address, token, caCert, timeoutMs }: ApiConnection, { method, path, body, headers: more }: ApiRequest): Promise<ApiReply> {
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers = {
    ...more,
    accept: "application/json",
    ...(payload === undefined ? {} : { "content-type": "application/json", "content-length": payload.length }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const url = new URL(`${address}${path}`);
  const options = { method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) };
  return new Promise((resolve, reject) => {
    const sent = url.protocol === "https:" ? httpsRequest(url, caCert === undefined ? options : { ...options, ca: caCert }) : httpRequest(url, options);
    sent.on("error", reject);
    sent.on("response", (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("error", reject);
      reply.on("end", () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text: Buffer.concat(chunks).toString("utf8") }));
    });
    sent.end(payload);
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
