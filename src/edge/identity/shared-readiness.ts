import { asArray, asString } from "../../core/base/json.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import type { Secret } from "../../core/model/secret-kind.ts";
import type { SecretStore } from "../access/key-ring.ts";
import type { SecretWatch } from "../access/secret-watch.ts";
import { secretOf } from "../access/secret-of.ts";
import type { Log } from "../pipeline/log.ts";
import type { SharedReadiness } from "../pipeline/port.ts";
import { StoreConflict } from "../source/store-error.ts";

/** How often a list is written anew when another control plane was quicker. */
const tries = 8;

/** The list of a mesh: nothing in it is secret, but secrets are what control planes share beside resources. */
function readyKey(mesh: string): ResourceKey {
  return { kind: "Secret", mesh, name: `identity-ready-${mesh}` };
}

/**
 * Lists of the proxies that take mutual TLS, one for each mesh, in the store. Several control planes add to them, and one that starts anew
 * knows what it knew. What cannot be written is lost for the others: they go on in plain text where the mesh takes that.
 */
export function shareReadiness(store: SecretStore, secrets: Pick<SecretWatch, "get" | "onChange">, log: Log): SharedReadiness {
  const known = new WeakMap<Secret, readonly string[]>();
  const writing = new Map<string, Promise<void>>();

  function namesIn(secret: Secret | undefined): readonly string[] {
    if (secret === undefined) return [];
    let names = known.get(secret);
    if (names === undefined) known.set(secret, (names = parseNames(Buffer.from(secret.spec.data, "base64").toString("utf8"))));
    return names;
  }

  async function change(mesh: string, names: (present: readonly string[]) => readonly string[]): Promise<void> {
    const key = readyKey(mesh);
    for (let left = tries; left > 0; left--) {
      const stored = (await store.get(key)) as Secret | undefined;
      const present = namesIn(stored);
      const wanted = names(present);
      if (wanted.length === present.length) return;
      try {
        await store.put(secretOf(key, JSON.stringify(wanted)), { expectedModificationTime: stored?.modificationTime ?? "" });
        return;
      } catch (error) {
        if (left === 1 || !(error instanceof StoreConflict)) throw error;
      }
    }
  }

  /** One after the other for each mesh. */
  function soon(mesh: string, names: (present: readonly string[]) => readonly string[]): void {
    const before = writing.get(mesh) ?? Promise.resolve();
    const next = before.then(() => change(mesh, names)).catch((error: unknown) => {
      log.warn({ mesh, err: error }, "cannot tell other control planes which proxies take mutual TLS");
    });
    writing.set(mesh, next);
  }

  return {
    read: (mesh) => namesIn(secrets.get(readyKey(mesh))),
    add: (mesh, found) => { soon(mesh, (present) => [...new Set([...present, ...found])].sort()); },
    clear: (mesh) => { soon(mesh, () => []); },
    onChange: (listener) => { secrets.onChange(listener); },
  };
}

/** What is no such list says nothing. */
function parseNames(text: string): readonly string[] {
  try {
    return (asArray(JSON.parse(text)) ?? []).flatMap((name) => asString(name) ?? []);
  } catch {
    return [];
  }
}
