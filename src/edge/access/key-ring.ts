import { setTimeout as sleep } from "node:timers/promises";
import { serialOf, signingKeyKey, type TokenScope } from "../../core/access/token-scope.ts";
import type { Secret } from "../../core/model/secret-kind.ts";
import type { Store } from "../source/port.ts";
import { StoreConflict } from "../source/store-error.ts";
import { secretOf } from "./secret-of.ts";
import { makeSigningKey, signingKeyOf, type SigningKey } from "./signing-key.ts";

/** The store, as far as keys need it. */
export type SecretStore = Pick<Store, "get" | "list" | "put">;

/** The key that signs: the one with the highest serial number. */
export type NewestKey = (scope: TokenScope) => Promise<{ readonly serial: number; readonly key: SigningKey } | undefined>;

/**
 * Finds the newest key of a scope, and makes the first one when there is none and `mayMake` says so (a mesh has to exist). Of
 * control planes that make it at the same time one wins, and the others take its key.
 */
export function createKeyRing(store: SecretStore, mayMake: (scope: TokenScope) => Promise<boolean>): NewestKey {
  return async (scope) => {
    const found = await newest(store, scope);
    if (found !== undefined || !(await mayMake(scope))) return found;
    const key = signingKeyKey(scope, 1);
    await putNew(store, secretOf(key, await makeSigningKey()));
    return await untilThere(() => newest(store, scope));
  };
}

/** Somebody else's key may be stored already and not be read here yet: another process has to tell this one first. */
async function untilThere<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < arrivalTries; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(arrivalMs);
  }
  return await look();
}

const arrivalMs = 50;
const arrivalTries = 60;

async function newest(store: SecretStore, scope: TokenScope): ReturnType<NewestKey> {
  const listed = await store.list(scope.kind, scope.kind === "Secret" ? scope.mesh : undefined);
  const serials = listed.flatMap((secret) => {
    const serial = serialOf(scope, secret.name);
    const key = serial === undefined ? undefined : signingKeyOf(secret as Secret);
    return serial === undefined || key === undefined ? [] : [{ serial, key }];
  });
  return serials.sort((a, b) => b.serial - a.serial)[0];
}

/** Puts a secret unless there is one of that name. True: this one is it. */
export async function putNew(store: SecretStore, secret: Secret): Promise<boolean> {
  try {
    await store.put(secret, { expectedModificationTime: "" });
    return true;
  } catch (error) {
    if (error instanceof StoreConflict) return false;
    throw error;
  }
}
