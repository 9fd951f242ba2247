import { FieldReader } from "./field-reader.ts";

/** A discovery response as far as a client needs it: where its resources lie, not what they say. */
export interface Response {
  typeUrl: string;
  version: string;
  nonce: string;
  bytes: Buffer;
  /** Start and end of the `value` of each resource's Any, in pairs. */
  spans: number[];
  removed: string[];
}

export interface ClusterFacts {
  readonly name: string;
  /** Name under which its endpoints are asked for; undefined when it does not use EDS. */
  readonly endpointsName: string | undefined;
  /** Interval of its first health check; undefined when it has none. */
  readonly intervalMs: number | undefined;
}

const outer = new FieldReader();
const inner = new FieldReader();
const deep = new FieldReader();
const deeper = new FieldReader();
const deepest = new FieldReader();

/** Reads a DiscoveryResponse (1 version, 2 resources, 4 type URL, 5 nonce) or its delta form (2 is a Resource around the Any, 6 removed). */
export function readResponse(bytes: Buffer, delta: boolean): Response {
  const response: Response = { typeUrl: "", version: "", nonce: "", bytes, spans: [], removed: [] };
  outer.open(bytes, 0, bytes.length);
  while (outer.next()) {
    if (outer.field === 1) response.version = outer.text();
    else if (outer.field === 2 && delta) addWrapped(response, bytes);
    else if (outer.field === 2) addAny(response, bytes, outer.start, outer.end);
    else if (outer.field === 4) response.typeUrl = outer.text();
    else if (outer.field === 5) response.nonce = outer.text();
    else if (outer.field === 6 && delta) response.removed.push(outer.text());
  }
  return response;
}

function addWrapped(response: Response, bytes: Buffer): void {
  inner.open(bytes, outer.start, outer.end);
  while (inner.next()) if (inner.field === 2) addAny(response, bytes, inner.start, inner.end);
}

function addAny(response: Response, bytes: Buffer, start: number, end: number): void {
  deep.open(bytes, start, end);
  while (deep.next()) if (deep.field === 2) response.spans.push(deep.start, deep.end);
}

/** Reads a Cluster: 1 name, 2 discovery type (3 is EDS), 3.2 service name, 8 health checks, of which 2 is the interval. */
export function readCluster(bytes: Buffer, start: number, end: number): ClusterFacts {
  let name = "";
  let usesEds = false;
  let serviceName = "";
  let intervalMs: number | undefined;
  outer.open(bytes, start, end);
  while (outer.next()) {
    if (outer.field === 1) name = outer.text();
    else if (outer.field === 2) usesEds = outer.value === 3;
    else if (outer.field === 3) serviceName = textIn(bytes, outer, 2);
    else if (outer.field === 8) intervalMs ??= readInterval(bytes, outer.start, outer.end);
  }
  return { name, endpointsName: usesEds ? serviceName || name : undefined, intervalMs };
}

function readInterval(bytes: Buffer, start: number, end: number): number | undefined {
  inner.open(bytes, start, end);
  while (inner.next()) {
    if (inner.field !== 2) continue;
    let ms = 0;
    deep.open(bytes, inner.start, inner.end);
    while (deep.next()) ms += deep.field === 1 ? deep.value * 1000 : deep.value / 1e6;
    return ms;
  }
  return undefined;
}

/** Reads the name of a ClusterLoadAssignment or RouteConfiguration: field 1 in both. */
export function readName(bytes: Buffer, start: number, end: number): string {
  outer.open(bytes, start, end);
  while (outer.next()) if (outer.field === 1) return outer.text();
  return "";
}

/** Names of the routes that a Listener asks for: filter chains (3, 25) → filters (3) → typed config (4) → HCM `rds` (3) → name (2). */
export function readRouteNames(bytes: Buffer, start: number, end: number): string[] {
  const names: string[] = [];
  outer.open(bytes, start, end);
  while (outer.next()) {
    if (outer.field !== 3 && outer.field !== 25) continue;
    inner.open(bytes, outer.start, outer.end);
    while (inner.next()) if (inner.field === 3) addRouteName(names, bytes, inner);
  }
  return names;
}

const hcm = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

function addRouteName(names: string[], bytes: Buffer, filter: FieldReader): void {
  deep.open(bytes, filter.start, filter.end);
  while (deep.next()) {
    if (deep.field !== 4 || textIn(bytes, deep, 1) !== hcm) continue;
    deeper.open(bytes, deep.start, deep.end);
    while (deeper.next()) {
      if (deeper.field !== 2) continue;
      const config = new FieldReader();
      config.open(bytes, deeper.start, deeper.end);
      while (config.next()) if (config.field === 3) names.push(textIn(bytes, config, 2));
    }
  }
}

/** The text of one field of the message that `parent` stands on. */
function textIn(bytes: Buffer, parent: FieldReader, field: number): string {
  deepest.open(bytes, parent.start, parent.end);
  while (deepest.next()) if (deepest.field === field) return deepest.text();
  return "";
}
