import { machineCaSecret } from "../model/proxy-secrets.ts";
import type { NamePlan, Protocol, TlsPlan } from "../model/plan.ts";
import { isIp } from "../model/valid-address.ts";
import type { TransportSocketJson } from "../proto/envoy/config/core/v3/base_pb.ts";
import type { CertificateValidationContextJson, SubjectAltNameMatcherJson } from "../proto/envoy/extensions/transport_sockets/tls/v3/common_pb.ts";
import { UpstreamTlsContextSchema, type CommonTlsContextJson } from "../proto/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts";
import { anyOf } from "./any.ts";

/** Envoy's words for versions of TLS. */
export const tlsVersions = { "1.0": "TLSv1_0", "1.1": "TLSv1_1", "1.2": "TLSv1_2", "1.3": "TLSv1_3" } as const;

/** TLS to one address outside the mesh (Envoy's UpstreamTlsContext); checks go through it like everything else. */
export function tlsSocket(tls: TlsPlan, address: string, protocol: Protocol): TransportSocketJson {
  const serverName = tls.serverName ?? (isIp(address) ? undefined : address);
  const context = {
    commonTlsContext: {
      tlsParams: { tlsMinimumProtocolVersion: tlsVersions[tls.minVersion], tlsMaximumProtocolVersion: tlsVersions[tls.maxVersion] },
      ...(tls.client !== undefined && { tlsCertificates: [certificateOf(tls.client)] }),
      ...verification(tls, serverName ?? address),
      ...alpn(protocol),
    },
    // A server name is never an address (RFC 6066, section 3).
    ...(serverName !== undefined && { sni: serverName }),
    ...(tls.allowRenegotiation && { allowRenegotiation: true }),
  };
  return { name: "envoy.transport_sockets.tls", typedConfig: anyOf(UpstreamTlsContextSchema, context) };
}

/** A check says nothing of HTTP versions in the handshake by itself, and many servers speak HTTP/2 only where it was asked for there. */
function alpn(protocol: Protocol): Pick<CommonTlsContextJson, "alpnProtocols"> {
  if (protocol === "http") return { alpnProtocols: ["http/1.1"] };
  return protocol === "http2" || protocol === "grpc" ? { alpnProtocols: ["h2"] } : {};
}

function certificateOf({ certificateChain, privateKey }: NonNullable<TlsPlan["client"]>): NonNullable<CommonTlsContextJson["tlsCertificates"]>[number] {
  return { certificateChain: { inlineString: certificateChain }, privateKey: { inlineString: privateKey } };
}

type Verification = Pick<CommonTlsContextJson, "validationContext" | "validationContextSdsSecretConfig" | "combinedValidationContext">;

/** Without a context Envoy takes any certificate. */
function verification({ verify, trustedCa, names }: TlsPlan, name: string): Verification {
  if (verify === "nothing") return {};
  const context = verify === "ca" ? {} : matchNames(names ?? [{ match: "exact", value: name }]);
  if (trustedCa !== undefined) return { validationContext: { trustedCa: { inlineString: trustedCa }, ...context } };
  const validationContextSdsSecretConfig = { name: machineCaSecret };
  if (verify === "ca") return { validationContextSdsSecretConfig };
  return { combinedValidationContext: { defaultValidationContext: context, validationContextSdsSecretConfig } };
}

/** One of the names has to be in the certificate. */
export function matchNames(names: readonly NamePlan[]): CertificateValidationContextJson {
  return { matchTypedSubjectAltNames: names.map(({ match, value }): SubjectAltNameMatcherJson => ({ sanType: sanType(value), matcher: { [match]: value } })) };
}

/** Which kind of name it is shows in how it is written; the beginning of an address counts as one. */
function sanType(value: string): NonNullable<SubjectAltNameMatcherJson["sanType"]> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return "URI";
  return /^[\d.]+$/.test(value) || value.includes(":") ? "IP_ADDRESS" : "DNS";
}
