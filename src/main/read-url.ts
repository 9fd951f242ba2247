import type { ReadDocument } from "../edge/source/read-documents.ts";
import { documentsOf, type PrepareText } from "../edge/source/read-input.ts";
import { messageOf } from "./exit-status.ts";

const timeoutMs = 30_000;
const maxBytes = 16 * 1024 * 1024;

/** The documents that a URL gives. What cannot be had is a document with a violation; never throws. */
export async function readUrl(url: string, prepare?: PrepareText): Promise<readonly ReadDocument[]> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!reply.ok) return [refused(url, `the server answers ${reply.status}`)];
    const length = Number(reply.headers.get("content-length") ?? 0);
    if (length > maxBytes) return [refused(url, `is too large: ${length} bytes, and at most ${maxBytes} are read`)];
    return documentsOf(new Uint8Array(await reply.arrayBuffer()), url, prepare);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    return [refused(url, `cannot be read: ${messageOf(error)}${cause}`)];
  }
}

function refused(origin: string, message: string): ReadDocument {
  return { ok: false, origin, violations: [{ path: "", message }] };
}
