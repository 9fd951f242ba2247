import type { ApiConnection } from "./connection.ts";

/** There was no answer: the address, the network or the certificate is wrong. The message is for the user. */
export class ConnectionFailure extends Error {
  /** Node's code (`ECONNREFUSED`); empty when there is none. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.name = "ConnectionFailure";
    this.code = code;
  }
}

interface Failure {
  readonly code?: string | undefined;
  readonly name?: string | undefined;
  readonly message?: string | undefined;
}

const another = "name another address with --address or PROBEPLANE_ADDRESS, or switch with `probeplane config control-planes switch`";

const untrusted: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_SIGNATURE_FAILURE",
]);

/** One sentence: the address, why there is no answer, and what to do about it. */
export function describeConnectionFailure(connection: Pick<ApiConnection, "address" | "caCert" | "timeoutMs">, failure: Failure): string {
  return `cannot reach the control plane at ${connection.address}: ${reasonOf(connection, failure)}`;
}

function reasonOf({ address, caCert, timeoutMs }: Pick<ApiConnection, "address" | "caCert" | "timeoutMs">, failure: Failure): string {
  const { code = "", message = "" } = failure;
  const host = new URL(address).hostname;
  if (untrusted.has(code)) return untrustedText(caCert, code);
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens there (${code}); start it with \`probeplane run\`, or ${another}`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `there is no host ${host} (${code}); check the name, or ${another}`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return `the host does not answer (${code}); check the network, or ${another}`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `its certificate is not for ${host} (${message.replace(/^.*?altnames: /, "")}); use a name that it has`;
    case "CERT_HAS_EXPIRED":
      return "its certificate has expired; renew it";
    case "CERT_NOT_YET_VALID":
      return "its certificate is not valid yet; check the clocks of both machines";
    case "ECONNRESET":
    case "EPIPE":
      return `the connection was cut (${code}); if it serves TLS, say https:// in the address`;
    default:
      return otherReason(failure, timeoutMs);
  }
}

function untrustedText(caCert: string | undefined, code: string): string {
  if (caCert !== undefined) return `its certificate does not come from the CA given (${code}); give the CA of this control plane with --ca-cert-file`;
  return `this machine does not trust its certificate (${code}); give its CA with --ca-cert-file or PROBEPLANE_CA_CERT_FILE`;
}

function otherReason({ code = "", name = "", message = "" }: Failure, timeoutMs: number): string {
  if (name === "TimeoutError" || name === "AbortError" || code === "ABORT_ERR") return `no answer within ${timeoutMs / 1000} s; allow more with --request-timeout, or ${another}`;
  if (code.startsWith("HPE_")) return `what listens there does not speak HTTP (${code}); if it serves TLS, say https:// in the address`;
  if (code === "EPROTO" || code.startsWith("ERR_SSL")) return `TLS fails (${shortSslReason(message)}); if it serves plain HTTP, say http:// in the address`;
  if (/PEM|BAD_|asn1/i.test(code)) return `the file of --ca-cert-file has no certificate that can be read (${code})`;
  return `${message === "" ? "no answer" : message}${code === "" || message.includes(code) ? "" : ` (${code})`}; check the address, or ${another}`;
}

/** OpenSSL's `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…` without its numbers. */
function shortSslReason(message: string): string {
  return /SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message.split("\n")[0] ?? message;
}
