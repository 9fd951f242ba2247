import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface Question {
  readonly method: "GET" | "POST";
  /** An URL; of a Unix socket only its path counts. */
  readonly url: string;
  readonly socketPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the CAs that are trusted; default: the machine's. */
  readonly ca?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** One request on a connection of its own. Rejects when there is no whole answer in time. */
export function ask({ method, url, socketPath, headers = {}, body, ca, timeoutMs, signal }: Question): Promise<Answer> {
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  const options: RequestOptions = { method, agent: false, headers: { ...headers }, signal: AbortSignal.any(signals), ...(socketPath === undefined ? {} : { socketPath }) };
  return new Promise((resolve, reject) => {
    const asked = url.startsWith("https:") ? httpsRequest(url, { ...options, ...(ca === undefined ? {} : { ca }) }) : httpRequest(url, options);
    asked.on("error", reject);
    asked.on("response", (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("error", reject);
      reply.on("end", () => resolve({ status: reply.statusCode ?? 0, contentType: reply.headers["content-type"] ?? "", body: Buffer.concat(chunks).toString("utf8") }));
    });
    asked.end(body);
  });
}
