import { typeUrls } from "../../src/core/snapshot/snapshot.ts";
import { readCluster, readName, readRouteNames, type Response } from "./responses.ts";

/** What a response made this proxy want that it did not want before, and the reverse. */
export interface Wants {
  readonly endpointsAdded: string[];
  readonly endpointsGone: string[];
  readonly routesAdded: string[];
}

/** What one proxy holds: just enough to subscribe as Envoy does and to tell whether a change has arrived in full. */
export class ProxyState {
  readonly delta: boolean;
  readonly endpoints = new Set<string>();
  readonly routes = new Set<string>();
  /** Check interval by cluster, for clusters that have a check. */
  readonly intervals = new Map<string, number>();
  private readonly missingEndpoints = new Set<string>();
  private readonly missingRoutes = new Set<string>();
  private hasListeners = false;

  constructor(delta: boolean) {
    this.delta = delta;
  }

  apply(response: Response): Wants {
    const wants: Wants = { endpointsAdded: [], endpointsGone: [], routesAdded: [] };
    if (response.typeUrl === typeUrls.cluster) this.applyClusters(response, wants);
    else if (response.typeUrl === typeUrls.endpoints) forget(this.missingEndpoints, response);
    else if (response.typeUrl === typeUrls.listener) this.applyListeners(response, wants);
    else if (response.typeUrl === typeUrls.route) forget(this.missingRoutes, response);
    return wants;
  }

  /** True once listeners, `clusters` checked clusters and everything that these refer to have arrived. */
  isFull(clusters: number): boolean {
    return this.hasListeners && this.intervals.size >= clusters && this.missingEndpoints.size === 0 && this.missingRoutes.size === 0;
  }

  /** True when every cluster that has a check has this interval, and there are at least `clusters` of them. */
  holds(intervalMs: number, clusters: number): boolean {
    if (this.intervals.size < clusters) return false;
    for (const held of this.intervals.values()) if (held !== intervalMs) return false;
    return true;
  }

  private applyClusters({ bytes, spans, removed }: Response, wants: Wants): void {
    const named = new Set<string>();
    if (!this.delta) this.intervals.clear();
    for (let i = 0; i < spans.length; i += 2) {
      const { name, endpointsName, intervalMs } = readCluster(bytes, spans[i] ?? 0, spans[i + 1] ?? 0);
      if (intervalMs === undefined) this.intervals.delete(name);
      else this.intervals.set(name, intervalMs);
      if (endpointsName !== undefined) named.add(endpointsName);
    }
    for (const name of removed) this.intervals.delete(name);
    const gone = this.delta ? removed.filter((name) => this.endpoints.has(name)) : [...this.endpoints].filter((name) => !named.has(name));
    for (const name of gone) this.unwantEndpoints(name, wants);
    for (const name of named) {
      if (this.endpoints.has(name)) continue;
      this.endpoints.add(name);
      this.missingEndpoints.add(name);
      wants.endpointsAdded.push(name);
    }
  }

  private unwantEndpoints(name: string, wants: Wants): void {
    this.endpoints.delete(name);
    this.missingEndpoints.delete(name);
    wants.endpointsGone.push(name);
  }

  private applyListeners({ bytes, spans }: Response, wants: Wants): void {
    this.hasListeners = true;
    for (let i = 0; i < spans.length; i += 2) {
      for (const name of readRouteNames(bytes, spans[i] ?? 0, spans[i + 1] ?? 0)) {
        if (this.routes.has(name)) continue;
        this.routes.add(name);
        this.missingRoutes.add(name);
        wants.routesAdded.push(name);
      }
    }
  }
}

function forget(missing: Set<string>, { bytes, spans }: Response): void {
  if (missing.size === 0) return;
  for (let i = 0; i < spans.length; i += 2) missing.delete(readName(bytes, spans[i] ?? 0, spans[i + 1] ?? 0));
}
