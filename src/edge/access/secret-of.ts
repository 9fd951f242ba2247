import { deepFreeze } from "../../core/base/deep-freeze.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import type { Secret } from "../../core/model/secret-kind.ts";
import { withStoreLabels } from "../../core/model/store-labels.ts";

/** A secret with this text in it, ready to be stored. */
export function secretOf(key: ResourceKey, text: string): Secret {
  const kind = key.kind as Secret["kind"];
  return withStoreLabels(deepFreeze({ ...key, kind, labels: {}, spec: { data: Buffer.from(text).toString("base64") } }));
}
