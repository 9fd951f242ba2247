import { request } from "node:https";
import type { AdminCertificate } from "./proxy-admin-authority.ts";

export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export interface AdminQuestion {
  readonly address: string;
  readonly port: number;
  /** The name that the proxy's certificate has to have. */
  readonly name: string;
  readonly path: string;
  readonly certificate: AdminCertificate;
}

/** A proxy with thousands of clusters has a configuration of some megabytes. */
const largestBytes = 256 * 1024 * 1024;
const answerMs = 10_000;

/** One GET at the door of a proxy's admin interface. Rejects when nobody answers there who is that proxy. */
export function askProxy({ address, port, name, path, certificate }: AdminQuestion): Promise<AdminAnswer> {
  const tls = { ca: certificate.caPem, cert: certificate.cert, key: certificate.key, servername: name, minVersion: "TLSv1.2" as const };
  return new Promise((resolve, reject) => {
    const asked = request({ host: address, port, path, method: "GET", agent: false, headers: { host: name }, signal: AbortSignal.timeout(answerMs), ...tls });
    asked.on("error", reject);
    asked.on("response", (reply) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      reply.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > largestBytes) reply.destroy(new Error(`the answer is larger than ${largestBytes} bytes`));
        else chunks.push(chunk);
      });
      reply.on("error", reject);
      reply.on("end", () => resolve({ status: reply.statusCode ?? 0, contentType: reply.headers["content-type"] ?? "text/plain", body: Buffer.concat(chunks) }));
    });
    asked.end();
  });
}
