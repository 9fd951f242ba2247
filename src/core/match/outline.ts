import type { Dataplane } from "../model/dataplane.ts";
import { createIdentities } from "./intern-table.ts";
import { outboundListens } from "./outbound-refs.ts";
import type { OutboundListen } from "./outbound-refs.ts";
import { selectableOf } from "./policy-groups.ts";
import type { Selectable } from "./policy-groups.ts";

/** What a Dataplane alone says about whom it calls and by what it is found. */
export interface Outline {
  readonly selectable: Selectable;
  readonly listens: readonly OutboundListen[];
  /** Equal for equal lists of outbounds. */
  readonly listensKey: string;
}

const identityOf = createIdentities();
const outlines = new WeakMap<Dataplane, Outline>();

/** Read once for as long as the Dataplane is there: a resource is frozen. */
export function outlineOf(dataplane: Dataplane): Outline {
  const known = outlines.get(dataplane);
  if (known !== undefined) return known;
  const listens = outboundListens(dataplane);
  const outline = { selectable: selectableOf(dataplane), listens, listensKey: listens.map(identityOf).join(",") };
  outlines.set(dataplane, outline);
  return outline;
}
