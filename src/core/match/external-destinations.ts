import { displayNameOf, kriOf } from "../model/kri.ts";
import type { ExternalEndpoint, ExternalTls, MeshExternalService, TlsVerification, TlsVersion } from "../model/mesh-external-service.ts";
import type { EndpointPlan, ExternalPlan, NamePlan, TlsPlan, TlsVersionPlan } from "../model/plan.ts";
import { pemOf } from "../model/tls-source.ts";
import type { FoundDestination } from "./found-destination.ts";

/** A service outside the mesh as a destination: its endpoints are what it says, its protocol is its own. */
export function externalDestination(service: MeshExternalService): FoundDestination {
  const { match, endpoints = [], tls } = service.spec;
  return {
    target: { kind: "external", service },
    name: kriOf(service, String(match.port)),
    displayName: `${displayNameOf(service)}:${match.port}`,
    protocol: match.protocol ?? "tcp",
    endpoints: planEndpoints(endpoints),
    external: planExternal(service.name, tls),
  };
}

/** Sorted, each address and port once, with the best priority that it has; priorities without gaps, as Envoy wants them. */
function planEndpoints(endpoints: readonly ExternalEndpoint[]): readonly EndpointPlan[] {
  const best = new Map<string, ExternalEndpoint & { readonly priority: number }>();
  for (const { address, port, priority = 0 } of endpoints) {
    const place = `${address} ${port}`;
    const known = best.get(place);
    if (known === undefined || priority < known.priority) best.set(place, { address, port, priority });
  }
  const given = [...new Set([...best.values()].map(({ priority }) => priority))].sort((a, b) => a - b);
  const ranked = [...best.values()].map((endpoint) => ({ ...endpoint, priority: given.indexOf(endpoint.priority) }));
  return ranked.sort(byPlace).map(({ priority, ...place }) => (priority === 0 ? place : { ...place, priority }));
}

function byPlace(a: Required<ExternalEndpoint>, b: Required<ExternalEndpoint>): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  return a.address === b.address ? a.port - b.port : a.address < b.address ? -1 : 1;
}

function planExternal(service: string, tls: ExternalTls | undefined): ExternalPlan {
  return tls?.enabled === true ? { service, tls: planTls(tls) } : { service };
}

function planTls({ version, allowRenegotiation = false, verification = {} }: ExternalTls): TlsPlan {
  const { serverName, clientCert, clientKey } = verification;
  const [certificateChain, privateKey] = [clientCert === undefined ? undefined : pemOf(clientCert), clientKey === undefined ? undefined : pemOf(clientKey)];
  return {
    ...planVersions(version?.min, version?.max),
    allowRenegotiation,
    ...(serverName === undefined ? {} : { serverName }),
    ...planVerification(verification),
    ...(certificateChain === undefined || privateKey === undefined ? {} : { client: { certificateChain, privateKey } }),
  };
}

const versionNumbers = { TLSAuto: undefined, TLS10: "1.0", TLS11: "1.1", TLS12: "1.2", TLS13: "1.3" } as const;

/** At least 1.2 unless something older is asked for; up to 1.3, which Envoy does not offer by itself where it is the client. */
function planVersions(min: TlsVersion = "TLSAuto", max: TlsVersion = "TLSAuto"): Pick<TlsPlan, "minVersion" | "maxVersion"> {
  const maxVersion: TlsVersionPlan = versionNumbers[max] ?? "1.3";
  const usual: TlsVersionPlan = maxVersion < "1.2" ? maxVersion : "1.2";
  return { minVersion: versionNumbers[min] ?? usual, maxVersion };
}

/** A name means nothing in a certificate that anybody may have signed, so who skips the CA skips both. */
function planVerification({ mode = "Secured", caCert, subjectAltNames = [] }: TlsVerification): Pick<TlsPlan, "verify" | "trustedCa" | "names"> {
  if (mode === "SkipCA" || mode === "SkipAll") return { verify: "nothing" };
  const pem = caCert === undefined ? undefined : pemOf(caCert);
  const trustedCa = pem === undefined ? {} : { trustedCa: pem };
  if (mode === "SkipSAN") return { verify: "ca", ...trustedCa };
  const names = subjectAltNames.map(({ type, value }): NamePlan => ({ match: type === "Prefix" ? "prefix" : "exact", value }));
  return { verify: "ca-and-name", ...trustedCa, ...(names.length === 0 ? {} : { names }) };
}
