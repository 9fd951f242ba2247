import type { Inbound } from "../model/dataplane.ts";
import { parsePorts, type PortRange } from "../redirect/port-ranges.ts";
import { annotationNames } from "./annotation-names.ts";
import type { Pod } from "./pod.ts";

/** Ports of inbounds that the rules in the pod do not redirect, by its annotations; sorted, each once. */
export function excludedPorts({ metadata }: Pod, inbounds: readonly Inbound[]): readonly number[] {
  const said = (name: string): string | undefined => metadata.annotations?.[name];
  const included = said(annotationNames.includeInboundPorts)?.trim() ?? "*";
  const excluded = [annotationNames.excludeInboundPorts, annotationNames.istioExcludeInboundPorts].flatMap((name) => rangesIn(said(name) ?? ""));
  // Where only some are redirected, nothing is excluded besides.
  const isRedirected = included === "*" ? (port: number) => !isIn(excluded, port) : (port: number) => isIn(rangesIn(included), port);
  const ports = inbounds.filter(({ state, port }) => state !== "Ignored" && !isRedirected(port)).map(({ port }) => port);
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** What nobody can read says nothing: the injector refuses it. */
function rangesIn(text: string): readonly PortRange[] {
  const parsed = parsePorts(text);
  return parsed.ok ? parsed.ports : [];
}

function isIn(ranges: readonly PortRange[], port: number): boolean {
  return ranges.some(({ from, to }) => port >= from && port <= to);
}
