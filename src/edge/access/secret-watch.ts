import { keyText, type Resource, type ResourceKey } from "../../core/model/resource.ts";
import { isSensitiveKind, type Secret } from "../../core/model/secret-kind.ts";
import type { Source, SourceEvent } from "../source/port.ts";

/** The secrets of a store as they are now, whoever changed them: this process, another control plane, a restored copy. */
export interface SecretWatch {
  get(key: ResourceKey): Secret | undefined;
  /** All secrets of a kind in a mesh, in no particular order. */
  list(kind: string, mesh: string): readonly Secret[];
  /** Called after every change. */
  onChange(listener: () => void): void;
  /** Resolves with the first whole state. */
  readonly ready: Promise<void>;
  close(): void;
}

/** Follows the events of a source; subscribes at once. */
export function watchSecrets(source: Pick<Source, "events">): SecretWatch {
  const secrets = new Map<string, Secret>();
  const listeners: (() => void)[] = [];
  let subscription: { unsubscribe(): void } | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    subscription = source.events.subscribe({
      next: (event) => {
        if (take(secrets, event)) for (const listener of listeners) listener();
        if (event.type === "state") resolve();
      },
      error: reject,
    });
  });
  // Who waits for it hears of the failure; a source that nobody waits for may fail on its own.
  ready.catch(() => undefined);
  return {
    get: (key) => secrets.get(keyText(key)),
    list: (kind, mesh) => [...secrets.values()].filter((secret) => secret.kind === kind && secret.mesh === mesh),
    onChange: (listener) => void listeners.push(listener),
    ready,
    close: () => subscription?.unsubscribe(),
  };
}

/** True when any secret is not what it was. */
function take(secrets: Map<string, Secret>, event: SourceEvent): boolean {
  const changed = (event.type === "state" ? event.resources : event.changed).filter(isSecret);
  const removed = event.type === "state" ? gone(secrets, changed) : event.removed.filter(({ kind }) => isSensitiveKind(kind)).map(keyText);
  for (const key of removed) secrets.delete(key);
  for (const secret of changed) secrets.set(keyText(secret), secret);
  return changed.length > 0 || removed.length > 0;
}

function isSecret(resource: Resource): resource is Secret {
  return isSensitiveKind(resource.kind);
}

function gone(secrets: ReadonlyMap<string, Secret>, present: readonly Secret[]): readonly string[] {
  const there = new Set(present.map(keyText));
  return [...secrets.keys()].filter((key) => !there.has(key));
}
