import type { DestinationTlsPlan, InboundTlsPlan, TlsParametersPlan } from "../model/mesh-tls-plan.ts";
import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import type { TransportSocketJson } from "../proto/envoy/config/core/v3/base_pb.ts";
import type { CertificateValidationContextJson, TlsParametersJson } from "../proto/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { DownstreamTlsContextSchema, UpstreamTlsContextSchema, type CommonTlsContextJson } from "../proto/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { anyOf } from "./any.ts";
import { identitySecretName, meshCaSecretName } from "./mesh-secrets.ts";
import { overAds } from "./over-ads.ts";
import { matchNames, tlsVersions } from "./tls-socket.ts";

/** By which proxies of the mesh know their own TLS from that of apps (Kuma's word): asked for in the handshake (ALPN). */
export const meshAlpn = "kuma";

/** Metadata of an endpoint that takes mutual TLS, where others of the destination do not. */
export const takesMutualTls = { "envoy.transport_socket_match": { mutualTls: true } } as const;

/**
 * How a cluster talks to a destination in the mesh, its checks included: mutual TLS to all endpoints, or to those that are marked and plain
 * text to the others. Certificates are only named: they come as secrets, and a new one changes no cluster.
 */
export function meshTransport(tls: DestinationTlsPlan): Pick<ClusterJson, "transportSocket" | "transportSocketMatches"> {
  const transportSocket = upstreamSocket(tls);
  if (tls.use === "always") return { transportSocket };
  return { transportSocketMatches: [{ name: "mutual-tls", match: takesMutualTls["envoy.transport_socket_match"], transportSocket }] };
}

function upstreamSocket(tls: DestinationTlsPlan): TransportSocketJson {
  const context = { commonTlsContext: { ...common(tls, tls.mesh, matchNames(tls.peers)), alpnProtocols: [meshAlpn] }, sni: tls.serverName };
  return { name: "envoy.transport_sockets.tls", typedConfig: anyOf(UpstreamTlsContextSchema, context) };
}

/** Lets in who has a certificate of the mesh, and shows the proxy's own. */
export function downstreamSocket(tls: InboundTlsPlan): TransportSocketJson {
  const ofTheMesh = matchNames([{ match: "prefix", value: `spiffe://${tls.mesh}/` }]);
  const context = { commonTlsContext: common(tls, tls.mesh, ofTheMesh), requireClientCertificate: true };
  return { name: "envoy.transport_sockets.tls", typedConfig: anyOf(DownstreamTlsContextSchema, context) };
}

function common(parameters: TlsParametersPlan, mesh: string, defaultValidationContext: CertificateValidationContextJson): CommonTlsContextJson {
  const tlsParams = parametersOf(parameters);
  return {
    ...(Object.keys(tlsParams).length > 0 && { tlsParams }),
    tlsCertificateSdsSecretConfigs: [{ name: identitySecretName(mesh), sdsConfig: overAds }],
    combinedValidationContext: { defaultValidationContext, validationContextSdsSecretConfig: { name: meshCaSecretName(mesh), sdsConfig: overAds } },
  };
}

function parametersOf({ minVersion, maxVersion, ciphers }: TlsParametersPlan): TlsParametersJson {
  return {
    ...(minVersion !== undefined && { tlsMinimumProtocolVersion: tlsVersions[minVersion] }),
    ...(maxVersion !== undefined && { tlsMaximumProtocolVersion: tlsVersions[maxVersion] }),
    ...(ciphers !== undefined && { cipherSuites: [...ciphers] }),
  };
}
