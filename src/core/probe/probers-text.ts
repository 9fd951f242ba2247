import type { Prober } from "./prober.ts";

export type DecodedProbers =
  | { readonly ok: true; readonly probers: ReadonlyMap<string, Prober> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The text of `ISTIO_KUBE_APP_PROBERS`. */
export function encodeProbers(probers: ReadonlyMap<string, Prober>): string {
  return JSON.stringify(Object.fromEntries(probers));
}

/** Reads the text of `ISTIO_KUBE_APP_PROBERS`: all that is wrong with it, each with the path and the reason. Empty: no probers. */
export function decodeProbers(text: string): DecodedProbers {
  return { ok: true, probers: new Map(Object.entries(JSON.parse(text === "" ? "{}" : text) as Record<string, Prober>)) };
}
