/** What a client wants of one type: everything (`*`), some names, or both. */
export interface Subscription {
  /**
   * `legacy`: the client never named anything of this type, which means everything (xDS protocol, "How the client specifies what
   * resources to return"). `explicit`: it asked for `*`.
   */
  wildcard: "none" | "legacy" | "explicit";
  names: ReadonlySet<string>;
}

/** The name that means every resource of a type. */
export const everything = "*";

const noNames: ReadonlySet<string> = new Set();

/** A client that has not said anything yet. */
export function createSubscription(): Subscription {
  return { wildcard: "none", names: noNames };
}

/** Whether the client wants the resource of this name. */
export function covers(subscription: Subscription, name: string): boolean {
  return subscription.wildcard !== "none" || subscription.names.has(name);
}

/** What a request changed: names that must be answered whatever their version, and whether something is wanted no more. */
export interface SubscriptionChange {
  readonly asked: readonly string[];
  readonly askedForEverything: boolean;
  readonly narrowed: boolean;
}

const unchanged: SubscriptionChange = { asked: [], askedForEverything: false, narrowed: false };

/**
 * State of the world: a request carries the whole list each time.
 * An empty list means everything until a name was sent, and nothing from then on.
 */
export function replaceNames(subscription: Subscription, names: readonly string[], first: boolean): SubscriptionChange {
  if (names.length === 0 && (first || subscription.wildcard === "legacy")) {
    subscription.wildcard = "legacy";
    return first ? { ...unchanged, askedForEverything: true } : unchanged;
  }
  const before = subscription.names;
  const hadEverything = subscription.wildcard !== "none";
  const wanted = new Set(names);
  const wantsEverything = wanted.delete(everything);
  subscription.wildcard = wantsEverything ? "explicit" : "none";
  const asked = [...wanted].filter((name) => !before.has(name));
  const dropped = before.size + asked.length > wanted.size;
  if (dropped || asked.length > 0) {
    subscription.names = wanted;
  }
  return { asked, askedForEverything: wantsEverything && !hadEverything, narrowed: dropped || (hadEverything && !wantsEverything) };
}

/**
 * Incremental: a request carries what is wanted in addition and what is wanted no more.
 * A name that is asked for again must be answered again: the client may have forgotten it. A name that is dropped while everything
 * is wanted must be answered too (xDS protocol, "Unsubscribing from resources"); dropping what was never named does nothing.
 */
export function changeNames(
  subscription: Subscription,
  subscribe: readonly string[],
  unsubscribe: readonly string[],
  first: boolean,
): SubscriptionChange {
  if (subscribe.length === 0 && unsubscribe.length === 0) {
    if (!first) {
      return unchanged;
    }
    subscription.wildcard = "legacy";
    return { ...unchanged, askedForEverything: true };
  }
  const names = new Set(subscription.names);
  const hadEverything = subscription.wildcard !== "none";
  const asked = new Set(subscribe);
  if (asked.delete(everything)) {
    subscription.wildcard = "explicit";
  } else if (subscription.wildcard === "legacy" && asked.size > 0) {
    subscription.wildcard = "none";
  } else if (first && asked.size === 0) {
    subscription.wildcard = "legacy";
  }
  asked.forEach((name) => names.add(name));
  const dropped = unsubscribe.filter((name) => names.delete(name));
  if (unsubscribe.includes(everything)) {
    subscription.wildcard = "none";
  }
  const hasEverything = subscription.wildcard !== "none";
  if (hasEverything) {
    dropped.forEach((name) => asked.add(name));
  }
  subscription.names = names;
  return {
    asked: [...asked],
    askedForEverything: hasEverything && !hadEverything,
    narrowed: !hasEverything && (dropped.length > 0 || hadEverything),
  };
}
