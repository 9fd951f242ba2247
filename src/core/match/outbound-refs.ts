import { labelOf, pairText } from "../base/labels.ts";
import type { Dataplane, Outbound } from "../model/dataplane.ts";
import { namespaceOf } from "../model/kri.ts";
import { labelNames } from "../model/label-names.ts";
import type { Labels } from "../model/resource.ts";
import { isLoopback } from "../model/valid-address.ts";
import { createInternTable } from "./intern-table.ts";
import type { ServiceKind } from "./service-tables.ts";

/** What an outbound says that it leads to, without looking anything up. */
export type OutboundRef =
  | { readonly kind: "tagged"; readonly service: string; readonly tags: Labels }
  | { readonly kind: "named"; readonly of: ServiceKind; readonly name: string; readonly namespace: string; readonly port?: number }
  | { readonly kind: "labelled"; readonly of: ServiceKind; readonly labels: Labels; readonly port?: number }
  | OfferedRef
  | { readonly kind: "unsupported"; readonly text: string };

/** A port of one MeshService by its full name; `at`: only the part of it that one Dataplane is, at this address. */
export interface OfferedRef {
  readonly kind: "offered";
  readonly service: string;
  readonly port: number;
  readonly at?: { readonly dataplane: string; readonly address: string };
}

/** Where a proxy listens for its app, and for which destination. */
export interface OutboundListen {
  readonly address: string;
  readonly port: number;
  readonly ref: OutboundRef;
  /** Place among the Dataplane's outbounds; -1: it is none of them, but what every proxy of its kind serves. */
  readonly position: number;
  /** True: the app's connections to this address are redirected to the proxy. */
  readonly captured?: true;
}

const interned = createInternTable<OutboundListen>();

/**
 * The outbounds of a Dataplane, equal ones of several Dataplanes as one object. Two on one address and port cannot both listen:
 * the first one does.
 */
export function outboundListens(dataplane: Dataplane): readonly OutboundListen[] {
  const taken = new Set<string>();
  const listens: OutboundListen[] = [];
  const redirected = dataplane.spec.networking.transparentProxying?.redirectPortOutbound !== undefined;
  for (const [position, outbound] of (dataplane.spec.networking.outbound ?? []).entries()) {
    const address = outbound.address ?? "127.0.0.1";
    const place = `${address} ${outbound.port}`;
    if (taken.has(place)) continue;
    taken.add(place);
    // What a machine calls on itself is not redirected.
    const captured = redirected && !isLoopback(address) ? { captured: true as const } : {};
    const listen = { address, port: outbound.port, ref: refOf(outbound, namespaceOf(dataplane)), position, ...captured };
    listens.push(interned.intern(`${position} ${place} ${listen.captured ?? ""} ${refText(listen.ref)}`, () => listen));
  }
  return listens;
}

function refOf({ tags, backendRef }: Outbound, ownNamespace: string): OutboundRef {
  const service = labelOf(tags, labelNames.service);
  if (backendRef === undefined) {
    return service === undefined ? { kind: "unsupported", text: "it names no service" } : { kind: "tagged", service, tags: tags ?? {} };
  }
  const { kind, name, namespace, labels, port } = backendRef;
  if (kind !== "MeshService" && kind !== "MeshExternalService") return { kind: "unsupported", text: `a backendRef of kind ${kind} is not supported` };
  const atPort = port === undefined ? {} : { port };
  if (name !== undefined) return { kind: "named", of: kind, name, namespace: namespace ?? ownNamespace, ...atPort };
  if (labels === undefined) return { kind: "unsupported", text: "its backendRef has neither name nor labels" };
  const inNamespace = namespace === undefined ? {} : { [labelNames.namespace]: namespace };
  return { kind: "labelled", of: kind, labels: { ...labels, ...inNamespace }, ...atPort };
}

/** A text for a ref: equal text, equal meaning. */
export function refText(ref: OutboundRef): string {
  switch (ref.kind) {
    case "tagged":
      return `tagged ${pairsText(ref.tags)}`;
    case "named":
      return `named ${ref.of} ${ref.namespace}/${ref.name}:${ref.port ?? ""}`;
    case "labelled":
      return `labelled ${ref.of} ${pairsText(ref.labels)}:${ref.port ?? ""}`;
    case "offered":
      return `offered ${ref.service}:${ref.port}${ref.at === undefined ? "" : ` ${ref.at.dataplane} ${ref.at.address}`}`;
    case "unsupported":
      return ref.text;
  }
}

/** Pairs as one text, in the order of their keys. */
export function pairsText(pairs: Labels): string {
  return Object.keys(pairs).sort().map((key) => pairText(key, pairs[key] ?? "")).join(",");
}
