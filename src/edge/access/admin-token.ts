import { adminGroup } from "../../core/access/identity.ts";
import { adminTokenKey, userScope } from "../../core/access/token-scope.ts";
import type { TokenIssuer } from "./issue-token.ts";
import { putNew, type SecretStore } from "./key-ring.ts";
import { secretOf } from "./secret-of.ts";

/** How long the administrator's token is good for: ten years, as Kuma's. */
const validMs = 10 * 365 * 24 * 60 * 60 * 1000;

/** Makes the administrator's token at the first start, and keeps it in the store: the global secret `admin-user-token`, as in Kuma. */
export async function ensureAdminToken(store: SecretStore, issuer: TokenIssuer): Promise<void> {
  if ((await store.get(adminTokenKey)) !== undefined) return;
  const token = await issuer.issue(userScope, { Name: adminGroup, Groups: [adminGroup] }, validMs);
  if (token !== undefined) await putNew(store, secretOf(adminTokenKey, token));
}
