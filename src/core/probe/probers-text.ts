import { goJson } from "./go-json.ts";
import type { Prober } from "./prober.ts";
import { readProber } from "./read-prober.ts";
import { asObject, jsonTypeOf } from "../base/json.ts";

/**
 * The text of `ISTIO_KUBE_APP_PROBERS`, byte for byte as Istio's injector writes it: paths sorted, no blanks, `<`, `>` and `&`
 * escaped, `service` always there, what is empty left out.
 */
export function encodeProbers(probers: ReadonlyMap<string, Prober>): string {
  const sorted = [...probers].sort(([a], [b]) => compareCodePoints(a, b));
  const text = sorted.map(([path, prober]) => `${goJson(path)}:${goJson(proberJson(prober))}`).join(",");
  return withoutReferences(`{${text}}`);
}

/** Members in the order of Istio's and Kubernetes' types. */
function proberJson({ httpGet, tcpSocket, grpc, timeoutSeconds = 0 }: Prober): unknown {
  return {
    ...(httpGet && {
      httpGet: {
        ...(httpGet.path ? { path: httpGet.path } : {}),
        port: httpGet.port,
        ...(httpGet.host ? { host: httpGet.host } : {}),
        ...(httpGet.scheme ? { scheme: httpGet.scheme } : {}),
        ...(httpGet.httpHeaders?.length ? { httpHeaders: httpGet.httpHeaders.map(({ name, value }) => ({ name, value })) } : {}),
      },
    }),
    ...(tcpSocket && { tcpSocket: { port: tcpSocket.port, ...(tcpSocket.host ? { host: tcpSocket.host } : {}) } }),
    ...(grpc && { grpc: { port: grpc.port, service: grpc.service } }),
    ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
  };
}

/**
 * Kubernetes puts other variables in for `$(NAME)` in a variable and takes `$$` for `$`; in a probe it does neither. So what would be
 * taken for that is written as JSON can write it, too.
 */
function withoutReferences(json: string): string {
  return json.replace(/\$(?=[$(])/g, "\\u0024");
}

/** Go sorts texts by their bytes in UTF-8, and these are in the order of code points; JavaScript's own order is another one. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((char, i) => char !== right[i]);
  if (at < 0) return left.length - right.length;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

export type DecodedProbers =
  | { readonly ok: true; readonly probers: ReadonlyMap<string, Prober> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Istio's own pattern: what its agent takes, ours takes, a hook below `app-health` too. */
const pathPattern = /^\/(app-health|app-lifecycle)\/[^/]+\/(livez|readyz|startupz|prestopz|poststartz)$/;

/**
 * Reads the text of `ISTIO_KUBE_APP_PROBERS`, as Istio's agent does: names in any case, unknown ones passed over. Or all that is wrong
 * with it, each with the path and the reason, in the words of Istio's agent. An empty text holds no probers.
 */
export function decodeProbers(text: string): DecodedProbers {
  if (text === "") return { ok: true, probers: new Map() };
  const parsed = parseJson(text);
  if (!parsed.ok) return { ok: false, problems: [`failed to decode: ${parsed.error}`] };
  const paths = parsed.value === null ? {} : asObject(parsed.value);
  if (paths === undefined) return { ok: false, problems: [`failed to decode: must be an object, and is of type ${jsonTypeOf(parsed.value)}`] };
  const probers = new Map<string, Prober>();
  const problems: string[] = [];
  for (const [path, value] of Object.entries(paths)) {
    const read = readProber(value);
    if (!pathPattern.test(path)) problems.push(`${JSON.stringify(path)}: invalid path, must match ${pathPattern.source.replaceAll("\\/", "/")}`);
    if (read.ok) probers.set(path, read.prober);
    else problems.push(...read.problems.map((problem) => `${JSON.stringify(path)}: ${problem}`));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, probers };
}

function parseJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}
