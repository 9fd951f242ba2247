import { labelOf } from "../base/labels.ts";
import type { Violation } from "../base/violation.ts";
import { fieldPath } from "../base/field-path.ts";
import { probeAnnotations } from "./annotations.ts";
import type { PodTemplate } from "./pod-spec.ts";

export type StatusPort = { readonly ok: true; readonly port: number } | { readonly ok: false; readonly violation: Violation };

/** The port of the agent beside this pod: its annotation's, else the default. 0 is a port here: the agent listens nowhere. */
export function statusPortOf({ metadata }: PodTemplate, defaultPort: number): StatusPort {
  const text = labelOf(metadata?.annotations, probeAnnotations.statusPort)?.trim() ?? "";
  if (text === "") return { ok: true, port: defaultPort };
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return { ok: true, port };
  const path = fieldPath("metadata.annotations", probeAnnotations.statusPort);
  return { ok: false, violation: { path, message: `must be a port from 0 to 65535, and is ${JSON.stringify(text)}` } };
}
