import { keyText } from "../../core/model/resource.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import { rootCause } from "../../core/session/rejections.ts";
import type { Rejection } from "../../core/session/session.ts";
import type { Log } from "./log.ts";
import type { ProxyKey, StandingRejection } from "./port.ts";

/** What proxies refuse at present. */
export interface RejectionRegistry {
  /** Replaces what one stream's client refuses; `stream` is any object that stands for the stream. */
  report(stream: object, proxy: ProxyKey, rejections: readonly Rejection[]): void;
  of(key: ResourceKey): readonly StandingRejection[];
  ofStream(stream: object): readonly StandingRejection[];
}

export interface RejectionRegistryOptions {
  readonly log: Log;
  /** Called with the number of refusals that stand, each time that changes. */
  readonly onCount: (standing: number) => void;
  readonly now: () => Date;
}

/** Keeps refusals by the policies that made what is refused, and tells the log when one appears and when it is over. */
export function createRejectionRegistry({ log, onCount, now }: RejectionRegistryOptions): RejectionRegistry {
  const byStream = new Map<object, readonly StandingRejection[]>();
  const byPolicy = new Map<string, Set<StandingRejection>>();

  function index(rejection: StandingRejection, change: (set: Set<StandingRejection>) => void): void {
    for (const key of rejection.madeFrom) {
      const text = keyText(key);
      const set = byPolicy.get(text) ?? new Set();
      change(set);
      if (set.size === 0) {
        byPolicy.delete(text);
      } else {
        byPolicy.set(text, set);
      }
    }
  }

  return {
    report(stream, proxy, rejections) {
      const before = byStream.get(stream) ?? [];
      const after = rejections.map((rejection): StandingRejection => {
        const known = before.find((other) => sameCause(other, rejection));
        return { ...rejection, proxy, since: known?.since ?? now().toISOString() };
      });
      before.forEach((rejection) => index(rejection, (set) => set.delete(rejection)));
      after.forEach((rejection) => index(rejection, (set) => set.add(rejection)));
      if (after.length === 0) {
        byStream.delete(stream);
      } else {
        byStream.set(stream, after);
      }
      after.filter((one) => !before.some((other) => sameCause(one, other))).forEach((one) => log.warn(fieldsOf(one), "proxy rejects resources"));
      before.filter((one) => !after.some((other) => sameCause(one, other))).forEach((one) => log.info(fieldsOf(one), "rejection is over"));
      onCount([...byStream.values()].reduce((sum, list) => sum + list.length, 0));
    },
    of: (key) => [...(byPolicy.get(keyText(key)) ?? [])],
    ofStream: (stream) => byStream.get(stream) ?? [],
  };
}

/** A client that refuses the same again refuses it since the first time. */
function sameCause(a: Rejection, b: Rejection): boolean {
  return a.typeUrl === b.typeUrl && a.message === b.message && a.resources.some((name) => b.resources.includes(name));
}

function fieldsOf({ proxy, typeUrl, resources, madeFrom, message, nonce }: StandingRejection): object {
  return { ...proxy, typeUrl, resources, policies: madeFrom.map(({ kind, name }) => `${kind}/${name}`), reason: rootCause(message), message, nonce };
}
