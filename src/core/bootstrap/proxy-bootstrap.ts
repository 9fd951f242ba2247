import type { JsonObject } from "../base/json.ts";
import { labelOf } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import { tagSetsOf } from "../model/selector-key.ts";
import type { ControlPlaneAddress } from "./address.ts";
import { bootstrapConfig, type AdminAddress } from "./bootstrap-config.ts";
import type { BootstrapRequest } from "./bootstrap-request.ts";
import type { Credential } from "./credential.ts";
import { nodeMetadata } from "./node-metadata.ts";

/** Kuma's default port of Envoy's admin interface. */
const defaultAdminPort = 9901;

export interface ProxyBootstrapOptions {
  readonly controlPlane: ControlPlaneAddress;
  /** A token's file, where the request names one, is preferred to the token itself. */
  readonly reloadableTokens: boolean;
}

/** The bootstrap of one proxy, for what its agent asked. */
export function proxyBootstrap(request: BootstrapRequest, dataplane: Dataplane, options: ProxyBootstrapOptions): JsonObject {
  const admin = adminOf(request, dataplane);
  const credential = credentialFor(request, options);
  return bootstrapConfig({
    mesh: request.mesh,
    name: request.name,
    cluster: identifyingService(dataplane),
    metadata: nodeMetadata(request, admin),
    controlPlane: options.controlPlane,
    variant: request.features.includes("feature-delta-grpc") ? "delta" : "sotw",
    ...(credential === undefined ? {} : { credential }),
    admin,
    ...(request.systemCaPath === "" ? {} : { systemCaPath: request.systemCaPath }),
  });
}

function credentialFor(request: BootstrapRequest, { reloadableTokens, controlPlane }: ProxyBootstrapOptions): Credential | undefined {
  const { dataplaneToken: token, dataplaneTokenPath: path, dataplaneTokenSecretPath: secretPath } = request;
  if (secretPath !== "") return { kind: "secret-file", path: secretPath };
  // Google's client sends no credentials in plain text.
  const fromFile = path !== "" && controlPlane.caPem !== undefined && (reloadableTokens || token === "");
  if (fromFile) return { kind: "token-file", path };
  return token === "" ? undefined : { kind: "inline", token };
}

function adminOf({ adminSocketPath, adminPort }: BootstrapRequest, dataplane: Dataplane): AdminAddress {
  const stated = dataplane.spec.networking.admin?.port;
  if (stated === undefined && adminSocketPath !== "") return { socketPath: adminSocketPath };
  return { address: "127.0.0.1", port: stated ?? (adminPort > 0 ? adminPort : defaultAdminPort) };
}

/** The service that a proxy stands for: of its gateway, else of its first inbound, else its workload, else `unknown` (as in Kuma). */
export function identifyingService(dataplane: Dataplane): string {
  const tagged = [dataplane.spec.networking.gateway?.tags, ...tagSetsOf(dataplane)].map((tags) => labelOf(tags ?? {}, labelNames.service));
  return tagged.find((service) => service !== undefined) ?? labelOf(dataplane.labels, "kuma.io/workload") ?? "unknown";
}
