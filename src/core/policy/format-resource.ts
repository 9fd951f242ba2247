import type { JsonObject } from "../base/json.ts";
import { kriOf } from "../model/kri.ts";
import type { Resource } from "../model/resource.ts";
import { kindNamed } from "./registry.ts";

/**
 * A resource as Universal JSON, fields in Kuma's order: type, mesh, name, creationTime, modificationTime, labels, kri, then `spec`
 * (Mesh and Dataplane: their fields themselves). What is absent is left out. A secret has no kri, as in Kuma.
 */
export function formatResource(resource: Resource): JsonObject {
  const { kind, mesh, name, creationTime, modificationTime, labels } = resource;
  const spec = resource.spec as JsonObject;
  const descriptor = kindNamed(kind);
  return {
    type: kind,
    ...(mesh === "" ? {} : { mesh }),
    name,
    ...(creationTime === undefined ? {} : { creationTime }),
    ...(modificationTime === undefined ? {} : { modificationTime }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(descriptor?.sensitive === true ? {} : { kri: kriOf(resource) }),
    ...(descriptor?.fieldsAtTop === true ? spec : { spec }),
  };
}
