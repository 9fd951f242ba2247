import { readUserClaims } from "../../core/access/claims.ts";
import type { TokenRefusal } from "../../core/access/refusal.ts";
import { userScope } from "../../core/access/token-scope.ts";
import type { UserAuthenticationOptions } from "./authenticate-user.ts";
import type { TokenVerifier } from "./verify-token.ts";

/** Reads user tokens. */
export function createUserVerifier(verifier: TokenVerifier): UserAuthenticationOptions["verify"] {
  return async (token): Promise<{ readonly name: string; readonly groups: readonly string[] } | TokenRefusal> => {
    const verified = await verifier.verify(userScope, token);
    if (typeof verified === "string") return verified;
    const claims = readUserClaims(verified.payload);
    return claims === undefined ? "not valid" : { name: claims.Name, groups: claims.Groups };
  };
}
