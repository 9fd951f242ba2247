import type { JsonObject } from "../../../core/base/json.ts";
import { anyObject, count, described, fields, listOf, text } from "./schema.ts";

const key: JsonObject = fields({ type: text, name: text }, { mesh: text });
const changedField: JsonObject = fields({ path: text }, { before: {}, after: {} });
const changed: JsonObject = listOf(changedField);

export const previewBodySchema: JsonObject = fields(
  {},
  {
    resources: described(listOf(anyObject), "Resources that would be written, in either form."),
    deleted: described(listOf(key), "Resources that would be deleted."),
  },
);

const resource: JsonObject = fields(
  { type: text, mesh: text, name: text, outcome: { enum: ["created", "updated", "unchanged", "deleted"] }, fields: changed },
  { warnings: listOf(text) },
);

const group: JsonObject = fields({
  effect: { enum: ["changed", "new", "gone"] },
  proxies: listOf(fields({ mesh: text, name: text })),
  changes: listOf(fields({ typeUrl: text, name: text, change: { enum: ["added", "removed", "changed"] }, fields: changed })),
});

export const previewSchema: JsonObject = fields({
  resources: described(listOf(resource), "What would happen in the store."),
  proxies: fields({
    total: described(count, "Proxies whose configuration would change."),
    groups: described(listOf(group), "They, those to which the same happens together; the largest group first, at most 100."),
    omittedGroups: described(count, "Groups beyond that."),
  }),
});
