import { asObject, asString, ownField } from "../base/json.ts";
import type { JsonObject } from "../base/json.ts";
import type { AdminAddress } from "./bootstrap-config.ts";
import type { BootstrapRequest } from "./bootstrap-request.ts";

/** Keys of `node.metadata` that we read again when the proxy connects; all keys are Kuma's. */
const keys = {
  resource: "dataplane.resource",
  adminAddress: "dataplane.admin.address",
  adminPort: "dataplane.admin.port",
  adminSocketPath: "dataplane.admin.socketPath",
} as const;

/** What a bootstrap says of its proxy in `node.metadata`: it comes back to us with the first request of every stream. */
export function nodeMetadata(request: BootstrapRequest, admin: AdminAddress): JsonObject {
  return {
    ...adminMetadata(admin),
    ...(request.dnsPort === 0 ? {} : { "dataplane.dns.port": String(request.dnsPort) }),
    ...(request.readinessPort === 0 ? {} : { "dataplane.readinessReporter.port": String(request.readinessPort) }),
    ...(request.appProbeProxyEnabled ? { "dataplane.appProbeProxy.enabled": "true" } : {}),
    "dataplane.proxyType": "dataplane",
    ...(request.dataplaneResource === "" ? {} : { [keys.resource]: request.dataplaneResource }),
    ...(Object.keys(request.dynamicMetadata).length === 0 ? {} : { dynamicMetadata: request.dynamicMetadata }),
    features: [...request.features],
    ...(request.ipv6Enabled === undefined ? {} : { ipv6Enabled: request.ipv6Enabled }),
    metricsCertPath: request.metricsCertPath,
    metricsKeyPath: request.metricsKeyPath,
    ...(request.spireSocketPath === "" ? {} : { "spireAgent.socketPath": request.spireSocketPath }),
    systemCaPath: request.systemCaPath,
    version: request.version,
    workdir: request.workdir,
  };
}

function adminMetadata(admin: AdminAddress): JsonObject {
  if ("socketPath" in admin) return { [keys.adminSocketPath]: admin.socketPath };
  return { [keys.adminAddress]: admin.address, [keys.adminPort]: String(admin.port) };
}

/** What we read of a connected proxy's `node.metadata`. Whatever else the client says is passed over. */
export interface ProxyMetadata {
  /** Text of the Dataplane that the proxy brings along. */
  readonly dataplaneResource?: string;
  readonly admin?: AdminAddress;
}

export function readNodeMetadata(metadata: JsonObject): ProxyMetadata {
  const resource = asString(ownField(metadata, keys.resource));
  const admin = readAdmin(metadata);
  return {
    ...(resource === undefined || resource === "" ? {} : { dataplaneResource: resource }),
    ...(admin === undefined ? {} : { admin }),
  };
}

function readAdmin(metadata: JsonObject): AdminAddress | undefined {
  const fields = asObject(metadata);
  const socketPath = asString(ownField(fields, keys.adminSocketPath));
  if (socketPath !== undefined && socketPath !== "") return { socketPath };
  const port = Number(asString(ownField(fields, keys.adminPort)) ?? NaN);
  const address = asString(ownField(fields, keys.adminAddress)) ?? "127.0.0.1";
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? { address, port } : undefined;
}
