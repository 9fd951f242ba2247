import { authorityKey, formatAuthority, parseAuthority } from "../../core/identity/authority-secret.ts";
import type { Authority } from "../../core/identity/generations.ts";
import type { Secret } from "../../core/model/secret-kind.ts";
import type { SecretStore } from "../access/key-ring.ts";
import { secretOf } from "../access/secret-of.ts";
import { StoreConflict } from "../source/store-error.ts";

/** The secret is there, and nobody can read it: it is never written over. */
export class UnreadableAuthority extends Error {
  override readonly name = "UnreadableAuthority";
}

/** How often a change is made anew when another control plane, or an administrator, was quicker. */
const tries = 8;

/**
 * Changes what is stored of a mesh's authorities, whole or not at all. `change` is given what is there, and may be called several times; when it
 * gives undefined nothing is written. Resolves with what is stored then.
 */
export async function updateAuthority(store: SecretStore, mesh: string, change: (stored: Authority | undefined) => Promise<Authority | undefined>): Promise<Authority | undefined> {
  const key = authorityKey(mesh);
  for (let left = tries; ; left--) {
    const secret = (await store.get(key)) as Secret | undefined;
    const stored = secret === undefined ? undefined : readAuthority(secret);
    const changed = await change(stored);
    if (changed === undefined) return stored;
    try {
      await store.put({ ...secretOf(key, formatAuthority(changed)), labels: secret?.labels ?? secretOf(key, "").labels }, { expectedModificationTime: secret?.modificationTime ?? "" });
      return changed;
    } catch (error) {
      if (!(error instanceof StoreConflict) || left <= 1) throw error;
    }
  }
}

const known = new WeakMap<Secret, Authority>();

/** The authorities in a secret: the same object for as long as the secret is. Throws UnreadableAuthority. */
export function readAuthority(secret: Secret): Authority {
  const before = known.get(secret);
  if (before !== undefined) return before;
  const read = parseAuthority(Buffer.from(secret.spec.data, "base64").toString("utf8"));
  if (read === undefined) {
    throw new UnreadableAuthority(`the secret ${secret.name} of the mesh ${secret.mesh} does not hold the mesh's CA any more; put back what it was, or delete it to have another CA made`);
  }
  known.set(secret, read);
  return read;
}
