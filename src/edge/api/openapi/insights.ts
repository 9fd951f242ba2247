import { count, fields, mapOf, text, time } from "./schema.ts";

const tally = fields({ total: count, online: count, partiallyDegraded: count, offline: count });
const total = fields({ total: count });
const online = fields({ online: count, total: count });

export const meshInsightSchema = fields(
  {
    type: { const: "MeshInsight" },
    name: text,
    dataplanes: tally,
    dataplanesByType: fields({ standard: tally, gateway: tally }),
    policies: mapOf(total),
    resources: mapOf(total),
    services: fields({ total: count, internal: count, external: count }),
  },
  { creationTime: time, modificationTime: time },
);

export const globalInsightSchema = fields({
  createdAt: time,
  dataplanes: fields({ gatewayBuiltin: tally, gatewayDelegated: tally, standard: tally }),
  meshes: total,
  policies: total,
  services: fields({ external: total, gatewayBuiltin: tally, gatewayDelegated: tally, internal: tally }),
  zones: fields({ controlPlanes: online, zoneEgresses: online, zoneIngresses: online }),
});
