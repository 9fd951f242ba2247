import { keyText, type ResourceKey } from "../../core/model/resource.ts";

/** A stream's part in keeping a proxy's Dataplane. */
export interface Hold {
  /** The stream has ended. Once. */
  closed(): void;
}

/** Which proxies are connected here: a proxy may have several streams, the old one of a client that came back may still stand. */
export interface Holds {
  hold(key: ResourceKey): Hold;
  has(key: ResourceKey): boolean;
  /** Forgets the proxies that are waited for. */
  close(): void;
}

interface Entry {
  streams: number;
  waiting: NodeJS.Timeout | undefined;
}

export interface HoldsOptions {
  /** Milliseconds without a stream after which a proxy is gone. */
  readonly goneAfterMs: number;
  /** A proxy is gone. When this fails it is called again after the same time. */
  onGone(key: ResourceKey): Promise<void>;
}

export function createHolds({ goneAfterMs, onGone }: HoldsOptions): Holds {
  const entries = new Map<string, Entry>();
  let closing = false;

  function wait(key: ResourceKey, entry: Entry): void {
    if (closing || entry.streams > 0) return;
    clearTimeout(entry.waiting);
    entry.waiting = setTimeout(() => {
      onGone(key).then(
        () => entry.streams === 0 && entries.get(keyText(key)) === entry && entries.delete(keyText(key)),
        () => wait(key, entry),
      );
    }, goneAfterMs);
    entry.waiting.unref();
  }

  return {
    hold(key) {
      const entry = entries.get(keyText(key)) ?? { streams: 0, waiting: undefined };
      entries.set(keyText(key), entry);
      clearTimeout(entry.waiting);
      entry.streams++;
      return {
        closed() {
          entry.streams--;
          wait(key, entry);
        },
      };
    },
    has: (key) => (entries.get(keyText(key))?.streams ?? 0) > 0,
    close() {
      closing = true;
      for (const { waiting } of entries.values()) clearTimeout(waiting);
    },
  };
}
