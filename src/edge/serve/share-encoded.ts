import type { SessionMessage } from "../../core/session/session.ts";
import { isShared } from "../../core/snapshot/shared-list.ts";
import type { EncodedResource } from "../../core/snapshot/snapshot.ts";
import type { ResponseBytes } from "./response-bytes.ts";

/** One response that carried a list. */
interface Encoded {
  readonly versionInfo: string;
  readonly nonce: string;
  readonly bytes: Buffer;
}

/** Different responses that are remembered for one list: they differ only by nonce, and nearly always there is one. */
const maxResponses = 4;

/**
 * Encodes a response once for all clients that get the same one. Sessions in the same state send the same list of resources, the same
 * object, under the same version and nonce. What is sent to one client only is not kept, and nothing is kept longer than the list.
 */
export function shareEncoded(encode: (message: SessionMessage) => ResponseBytes): (message: SessionMessage) => ResponseBytes {
  const known = new WeakMap<readonly EncodedResource[], Encoded[]>();
  return (message) => {
    const { resources, removed, versionInfo, nonce } = message;
    if (removed.length > 0 || !isShared(resources)) {
      return encode(message);
    }
    let responses = known.get(resources);
    if (responses === undefined) {
      known.set(resources, (responses = []));
    }
    const same = responses.find((each) => each.nonce === nonce && each.versionInfo === versionInfo);
    if (same !== undefined) {
      return same.bytes;
    }
    const bytes = written(encode(message));
    if (responses.length === maxResponses) {
      responses.shift();
    }
    responses.push({ versionInfo, nonce, bytes });
    return bytes;
  };
}

function written(response: ResponseBytes): Buffer {
  const bytes = Buffer.allocUnsafe(response.byteLength);
  response.copy(bytes);
  return bytes;
}
