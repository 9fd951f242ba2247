import { asObject, asString } from "../base/json.ts";

/** Where an app has metrics, by the annotations `prometheus.io/…` that its pod was created with. */
export interface AppMetrics {
  readonly port: number;
  /** Begins with a slash. */
  readonly path: string;
}

/** The annotations as the agent is told them; Istio's names, order and texts. */
interface AnnotationTexts {
  readonly scrape?: string;
  readonly path?: string;
  readonly port?: string;
}

/** The text of the variable ISTIO_PROMETHEUS_ANNOTATIONS, byte for byte as Istio's injector writes it. Undefined: the app is not to be asked. */
export function encodeAppMetrics(annotations: Readonly<Record<string, string>>): string | undefined {
  const of = (name: string): string => annotations[`prometheus.io/${name}`] ?? "";
  const texts = { scrape: of("scrape"), path: of("path"), port: of("port") };
  if (texts.scrape !== "true") return undefined;
  // Go writes these three escaped.
  return JSON.stringify(texts).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export type DecodedAppMetrics =
  | { readonly ok: true; readonly metrics?: AppMetrics }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads that text again; defaults as Prometheus' own: port 80, path `/metrics`. @param refused ports of the sidecar: to ask them would be to
 * ask oneself, for ever.
 */
export function decodeAppMetrics(text: string, refused: ReadonlySet<number>): DecodedAppMetrics {
  const fields = asObject(parseJson(text)) as AnnotationTexts | undefined;
  if (fields === undefined) return { ok: false, problem: "failed to decode: it is no JSON object" };
  if (asString(fields.scrape) !== "true") return { ok: true };
  const portText = asString(fields.port) ?? "";
  const port = portText === "" ? 80 : Number(portText);
  if (!/^\d*$/.test(portText) || port < 1 || port > 65_535) return { ok: false, problem: `port ${JSON.stringify(portText)} is none` };
  if (refused.has(port)) return { ok: false, problem: `port ${String(port)} is the sidecar's own` };
  const path = asString(fields.path) ?? "";
  return { ok: true, metrics: { port, path: path === "" ? "/metrics" : path.startsWith("/") ? path : `/${path}` } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
