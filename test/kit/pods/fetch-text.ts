import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import { get as getWithTls } from "node:https";

/** PEM texts by which two ends of a mesh know each other. */
export interface PeerTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** The answer to a GET; of the other end's certificate, only who issued it counts. @throws Error when there is none. */
export function fetchText(url: string, tls?: PeerTls): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, timeout: 10_000 };
    const request = tls === undefined ? get(url, options, take) : getWithTls(url, { ...options, ...tls, checkServerIdentity: () => undefined }, take);
    function take(response: IncomingMessage): void {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => { resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }); });
      response.on("error", reject);
    }
    request.on("timeout", () => request.destroy(new Error("no answer for 10 s")));
    request.on("error", reject);
  });
}
