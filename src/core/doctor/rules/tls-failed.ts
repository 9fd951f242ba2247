import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { about } from "../report-group.ts";
import type { FailureGroup } from "../traffic.ts";

const reasons: readonly (readonly [RegExp, Pick<Finding, "cause" | "sure" | "title"> & { readonly remedy: string }])[] = [
  [/WRONG.VERSION.NUMBER|HTTP.REQUEST|PACKET.LENGTH/, {
    cause: "tls-mismatch", sure: "certain", title: "the caller speaks TLS, and the other side answers in plain text",
    remedy: "see why the other side has no TLS: it has no proxy of the mesh, its port is excluded from interception, or the mesh's mutual TLS has not reached it; for a service outside the mesh, `tls.enabled` of its MeshExternalService",
  }],
  [/CERTIFICATE.VERIFY.FAILED|UNKNOWN.CA|BAD.CERTIFICATE|SAN|verify/i, {
    cause: "not-trusted", sure: "certain", title: "the certificate of one side is not one that the other trusts: of another mesh or CA, ended, or with another name",
    remedy: "see that both are of one mesh, that no clock is off, and, after a change of the CA, that all proxies are connected to the control plane (`probeplane mtls status`)",
  }],
  [/not supplied by SDS|Secret/i, {
    cause: "tls-mismatch", sure: "certain", title: "the caller's proxy has no certificate yet",
    remedy: "see whether the proxy is connected to its control plane, and whether its Dataplane has a service tag or the label kuma.io/workload",
  }],
  [/CERTIFICATE.REQUIRED|HANDSHAKE.FAILURE|PEER.DID.NOT.RETURN/, {
    cause: "not-trusted", sure: "certain", title: "the other side asks for a certificate that the caller does not have",
    remedy: "give the caller a proxy of the mesh; its own TLS is not the mesh's",
  }],
];

export function isTlsFailure({ details, reason }: FailureGroup): boolean {
  return /TLS.error|SSL|CERTIFICATE|Secret is not supplied/.test(`${details} ${reason}`);
}

/** A connection to a host was made, and its TLS handshake failed. */
export function handshakeFailed(group: FailureGroup, { mesh }: Evidence): Finding {
  const said = `${group.details} ${group.reason}`;
  const [, known] = reasons.find(([pattern]) => pattern.test(said)) ?? [];
  const { remedy, ...what } = known ?? { cause: "tls-mismatch" as const, sure: "likely" as const, title: "the TLS handshake with the host failed", remedy: "see what the two sides ask of each other: versions, ciphers, certificates" };
  return {
    ...about(group), ...what,
    evidence: [`TLS: ${group.reason || group.details}`, `${group.traffic.ok} of ${group.traffic.total} requests to the same service were answered`, ...(mesh.mtls === undefined ? [] : [`the mesh's mutual TLS is ${mesh.mtls}`])],
    remedies: [{ title: remedy }], turnOn: [],
  };
}
