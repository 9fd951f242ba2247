import type { JsonObject } from "../base/json.ts";
import { labelOf } from "../base/labels.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import { tagSetsOf } from "../model/selector-key.ts";
import { isIpAddress, type ControlPlaneAddress } from "./address.ts";
import type { AdminListener } from "./admin-listener.ts";
import { bootstrapConfig, type AdminAddress } from "./bootstrap-config.ts";
import type { BootstrapRequest } from "./bootstrap-request.ts";
import type { Credential } from "./credential.ts";
import { nodeMetadata } from "./node-metadata.ts";
import type { SidecarListeners } from "./sidecar-listeners.ts";

/** Kuma's default port of Envoy's admin interface. */
const defaultAdminPort = 9901;

export interface ProxyBootstrapOptions {
  readonly controlPlane: ControlPlaneAddress;
  /** A token's file, where the request names one, is preferred to the token itself. */
  readonly reloadableTokens: boolean;
  /** Certificates for the control plane's door to the admin interface. Absent: there is none. */
  readonly adminCertificates?: Pick<AdminListener, "caPem" | "certPem" | "keyPem">;
}

/** The bootstrap of one proxy, for what its agent asked. */
export function proxyBootstrap(request: BootstrapRequest, dataplane: Dataplane, options: ProxyBootstrapOptions): JsonObject {
  const admin = adminOf(request, dataplane);
  const credential = credentialFor(request, options);
  const door = options.adminCertificates === undefined ? undefined : adminDoor(dataplane, admin);
  const sidecar = sidecarOf(request);
  return bootstrapConfig({
    mesh: request.mesh,
    name: request.name,
    cluster: identifyingService(dataplane),
    metadata: nodeMetadata(request, admin),
    controlPlane: options.controlPlane,
    variant: request.features.includes("feature-delta-grpc") ? "delta" : "sotw",
    ...(credential === undefined ? {} : { credential }),
    admin,
    ...(door === undefined || options.adminCertificates === undefined ? {} : { adminListener: { ...door, ...options.adminCertificates } }),
    ...(sidecar === undefined ? {} : { sidecar }),
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

/** The agent of a sidecar has Envoy listen for the kubelet and for Prometheus. */
function sidecarOf({ statusPort, healthPort, prometheusPort, ipv6Enabled }: BootstrapRequest): SidecarListeners | undefined {
  return statusPort === 0 && prometheusPort === 0 ? undefined : { statusPort, healthPort, prometheusPort, ipv6: ipv6Enabled === true };
}

/** An agent that has a place for a socket gets it: no port of this machine then leads to the admin interface but the guarded one. */
function adminOf({ adminSocketPath, adminPort }: BootstrapRequest, dataplane: Dataplane): AdminAddress {
  if (adminSocketPath !== "") return { socketPath: adminSocketPath };
  return { address: "127.0.0.1", port: dataplane.spec.networking.admin?.port ?? (adminPort > 0 ? adminPort : defaultAdminPort) };
}

/**
 * Where the control plane may ask a proxy's Envoy: at the port that the Dataplane states. As in Kuma it is the admin interface's own
 * port, at the proxy's address; so there is none where the admin interface listens at that address itself.
 */
export function adminDoor(dataplane: Dataplane, admin: AdminAddress | undefined): { readonly address: string; readonly port: number } | undefined {
  const { address, admin: stated } = dataplane.spec.networking;
  if (!isIpAddress(address)) return undefined;
  if (admin === undefined || "socketPath" in admin) return stated?.port === undefined ? undefined : { address, port: stated.port };
  return /^(127\.|::1$)/.test(address) ? undefined : { address, port: admin.port };
}

/** The service that a proxy stands for: of its gateway, else of its first inbound, else its workload, else `unknown` (as in Kuma). */
export function identifyingService(dataplane: Dataplane): string {
  const tagged = [dataplane.spec.networking.gateway?.tags, ...tagSetsOf(dataplane)].map((tags) => labelOf(tags ?? {}, labelNames.service));
  return tagged.find((service) => service !== undefined) ?? labelOf(dataplane.labels, "kuma.io/workload") ?? "unknown";
}
