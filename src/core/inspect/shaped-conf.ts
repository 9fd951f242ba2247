import { shapeBySchema } from "../base/shape-by-schema.ts";
import type { JsonObject } from "../base/json.ts";
import type { Conf } from "../policy/inbound-rules.ts";
import type { ConfList, PolicyKind } from "../policy/kind.ts";

/** A conf with its fields in the order of the schema. */
export function shapedConf(kind: PolicyKind, list: ConfList, conf: Conf): JsonObject {
  const schema = kind.specSchema.properties?.[list]?.items?.properties?.["default"];
  return schema === undefined ? (conf as JsonObject) : (shapeBySchema(schema, conf as JsonObject, "", []) as JsonObject);
}
