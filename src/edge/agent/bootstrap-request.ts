import { existsSync } from "node:fs";
import type { JsonObject } from "../../core/base/json.ts";
import type { EnvoyVersion } from "./envoy-version.ts";

/** What the agent tells the control plane of a proxy. */
export interface ProxyFacts {
  readonly mesh: string;
  readonly name: string;
  /** Text of the Dataplane that comes along; absent: it is stored. */
  readonly dataplaneText?: string;
  readonly caPem?: string;
  /** Absent: there is no token. */
  readonly tokenSecretPath?: string;
  /** Absent: the control plane decides (the Dataplane's port, else 9901). */
  readonly adminSocketPath?: string;
  readonly readinessPort: number;
  /** Absent: it is no sidecar. */
  readonly sidecar?: SidecarFacts;
  readonly agentVersion: string;
  readonly envoy: EnvoyVersion;
  readonly workdir: string;
  readonly sotw: boolean;
}

/** Ports of the sidecar of a pod. */
export interface SidecarFacts {
  readonly statusPort: number;
  readonly healthPort: number;
  readonly prometheusPort: number;
  /** Envoy can listen on addresses of IPv6. */
  readonly ipv6: boolean;
}

/** Where systems keep the CAs that the machine trusts. */
const systemCas = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

/** The body of `POST /bootstrap`, in kuma-dp's form. */
export function bootstrapRequestOf(facts: ProxyFacts): JsonObject {
  const systemCaPath = systemCas.find((file) => existsSync(file)) ?? "";
  return {
    mesh: facts.mesh,
    name: facts.name,
    proxyType: "dataplane",
    dataplaneResource: facts.dataplaneText ?? "",
    dataplaneTokenSecretPath: facts.tokenSecretPath ?? "",
    caCert: facts.caPem ?? "",
    adminSocketPath: facts.adminSocketPath ?? "",
    readinessPort: facts.readinessPort,
    ...sidecarOf(facts),
    version: {
      kumaDp: { version: facts.agentVersion, gitTag: "", gitCommit: "", buildDate: "" },
      envoy: { version: facts.envoy.version, build: facts.envoy.build, kumaDpCompatible: true },
    },
    features: facts.sotw ? [] : ["feature-delta-grpc"],
    operatingSystem: process.platform,
    workdir: facts.workdir,
    systemCaPath,
  };
}

function sidecarOf({ sidecar }: ProxyFacts): JsonObject {
  if (sidecar === undefined) return {};
  const { statusPort, healthPort, prometheusPort, ipv6 } = sidecar;
  return { statusPort, healthPort, prometheusPort, ipv6Enabled: ipv6 };
}
