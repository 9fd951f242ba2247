import type { Dataplane } from "../model/dataplane.ts";
import { identityServices } from "./identity.ts";
import { createIdentities } from "./intern-table.ts";
import { outboundListens } from "./outbound-refs.ts";
import type { OutboundListen } from "./outbound-refs.ts";
import { selectableOf } from "./policy-groups.ts";
import type { Selectable } from "./policy-groups.ts";
import { reachableOf } from "./reachable.ts";
import type { Reachable } from "./reachable.ts";

/** What a Dataplane alone says about whom it calls and by what it is found. */
export interface Outline {
  readonly selectable: Selectable;
  readonly listens: readonly OutboundListen[];
  /** What is served beside the outbounds; absent: nothing. */
  readonly reachable?: Reachable;
  /** Equal for equal lists of outbounds, with what is served beside them. */
  readonly listensKey: string;
  /** True: it has nothing to show for itself, so that it talks in plain text. */
  readonly isPlain: boolean;
}

const identityOf = createIdentities();
const outlines = new WeakMap<Dataplane, Outline>();

/** Read once for as long as the Dataplane is there: a resource is frozen. */
export function outlineOf(dataplane: Dataplane): Outline {
  const known = outlines.get(dataplane);
  if (known !== undefined) return known;
  const listens = outboundListens(dataplane);
  const listensKey = listens.map(identityOf).join(",");
  const reachable = reachableOf(dataplane);
  const isPlain = identityServices(dataplane).length === 0;
  const who = isPlain ? `plain ${listensKey}` : listensKey;
  const both = reachable === undefined ? { listensKey: who } : { listensKey: `${who}|${reachable.key}`, reachable };
  const outline = { selectable: selectableOf(dataplane), listens, isPlain, ...both };
  outlines.set(dataplane, outline);
  return outline;
}
