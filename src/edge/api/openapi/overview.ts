import type { JsonObject } from "../../../core/base/json.ts";
import { dataplaneKind } from "../../../core/model/dataplane-kind.ts";
import { specSchema } from "./kind-schema.ts";
import { anyObject, described, fields, labels, listOf, text, time } from "./schema.ts";

/** 64-bit numbers are texts, and 0 is left out, as in Kuma. */
const counts: JsonObject = fields({}, { responsesSent: text, responsesAcknowledged: text, responsesRejected: text });

const standing: JsonObject = fields({ type: text, resources: listOf(text), message: text, since: time });

const subscription: JsonObject = fields(
  {
    id: text,
    controlPlaneInstanceId: text,
    connectTime: time,
    status: fields({ total: counts, cds: counts, eds: counts, lds: counts, rds: counts }, { lastUpdateTime: time }),
  },
  {
    version: anyObject,
    rejections: described(listOf(standing), "What the proxy refuses at present, in its own words."),
    lastRejection: described(standing, "What it refused last, whether it still does or not."),
  },
);

/** A Dataplane with its streams (Kuma's `DataplaneOverview`). */
export function overviewSchema(): JsonObject {
  return fields(
    { type: { const: "DataplaneOverview" }, mesh: text, name: text, kri: text, dataplane: specSchema(dataplaneKind.specSchema) },
    {
      creationTime: time,
      modificationTime: time,
      labels,
      dataplaneInsight: fields({ subscriptions: listOf(subscription) }, { metadata: anyObject }),
    },
  );
}
