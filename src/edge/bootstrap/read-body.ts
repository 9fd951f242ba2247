import type { IncomingMessage } from "node:http";
import { BootstrapRefusal } from "./refusal.ts";

/** A Dataplane may have 1 MiB; as text in JSON it grows. */
const maxBodyBytes = 2 * 1024 * 1024;

/** The body as text. What comes beyond the limit is read and dropped, so that the answer reaches whoever sends it. */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else reject(new BootstrapRefusal(413, `the body is larger than ${maxBodyBytes} bytes`));
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
    request.on("aborted", () => reject(new BootstrapRefusal(400, "the request was cut off")));
  });
}
