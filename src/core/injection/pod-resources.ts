import type { JsonObject } from "../base/json.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { AnnotationReader } from "./annotation-reader.ts";
import { readQuantity } from "./read-text.ts";

/**
 * The sidecar's resources by a pod's annotations. With one of them nothing of the general ones holds, as in Istio: a limit of theirs
 * might be below a request of its own.
 */
export function podResources({ one }: AnnotationReader): JsonObject | undefined {
  const requests: JsonObject = withoutUndefined({ cpu: one(readQuantity, "proxyCpu"), memory: one(readQuantity, "proxyMemory") });
  const limits: JsonObject = withoutUndefined({ cpu: one(readQuantity, "proxyCpuLimit"), memory: one(readQuantity, "proxyMemoryLimit") });
  const all = Object.entries({ requests, limits }).filter(([, amounts]) => Object.keys(amounts).length > 0);
  return all.length === 0 ? undefined : Object.fromEntries(all);
}
