import type { InboundTlsPlan } from "../model/mesh-tls-plan.ts";
import type { FilterChainJson, FilterJson, ListenerFilterJson } from "../proto/envoy/config/listener/v3/listener_components_pb.ts";
import type { ListenerJson } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { TlsInspectorSchema } from "../proto/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.ts";
import { anyOf } from "./any.ts";
import { downstreamSocket, meshAlpn } from "./mesh-tls.ts";

/** What becomes of each kind of connection that comes to an inbound. */
export interface InboundFilters {
  /** Of proxies of the mesh. */
  readonly mutualTls: readonly FilterJson[];
  readonly plainText: readonly FilterJson[];
  /** Bytes as they are: TLS of the app's own. */
  readonly unread: readonly FilterJson[];
}

const tlsInspector: ListenerFilterJson = { name: "envoy.filters.listener.tls_inspector", typedConfig: anyOf(TlsInspectorSchema, {}) };

/**
 * How an inbound with mutual TLS tells connections apart. The chain for proxies of the mesh is the same in both modes: when the mode
 * changes, Envoy drains the other chains and leaves that one alone. What is no mutual TLS fails in a STRICT inbound by its handshake, so
 * that the log has the reason; a permissive one passes on plain text, and TLS of the app's own as bytes, whatever the app speaks inside.
 */
export function inboundChains(tls: InboundTlsPlan, filters: InboundFilters, speaksFirst: boolean): Pick<ListenerJson, "listenerFilters" | "listenerFiltersTimeout" | "continueOnListenerFiltersTimeout" | "filterChains"> {
  const secured: FilterChainJson = { filters: [...filters.mutualTls], transportSocket: downstreamSocket(tls) };
  const ours: FilterChainJson = { name: "mutual-tls", filterChainMatch: { transportProtocol: "tls", applicationProtocols: [meshAlpn] }, ...secured };
  return {
    listenerFilters: [tlsInspector],
    // Where the app may speak first, a caller in plain text says nothing until it has.
    ...(speaksFirst && { listenerFiltersTimeout: "1s", continueOnListenerFiltersTimeout: true }),
    filterChains: [ours, ...(tls.mode === "strict" ? [{ name: "others", ...secured }] : others(filters))],
  };
}

function others({ plainText, unread }: InboundFilters): FilterChainJson[] {
  return [
    { name: "plain-text", filterChainMatch: { transportProtocol: "raw_buffer" }, filters: [...plainText] },
    { name: "tls-of-the-app", filterChainMatch: { transportProtocol: "tls" }, filters: [...unread] },
  ];
}
