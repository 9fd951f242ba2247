import type { ProxyKey } from "../pipeline/port.ts";

/**
 * Reads `<mesh>.<name>` (Kuma's node id). Split at the first dot: a mesh has none in its name, a Dataplane may. Undefined when it is
 * not of this form.
 */
export function parseNodeId(id: string): ProxyKey | undefined {
  const dot = id.indexOf(".");
  return dot <= 0 || dot === id.length - 1 ? undefined : { mesh: id.slice(0, dot), name: id.slice(dot + 1) };
}
