import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { DataplaneClaims, UserClaims, ZoneClaims } from "../../core/access/claims.ts";
import type { TokenScope } from "../../core/access/token-scope.ts";
import type { NewestKey } from "./key-ring.ts";

/** A token is good from a little before it was made, so that a machine whose clock is behind takes it at once; as Kuma's. */
const skewS = 5 * 60;

export interface TokenIssuer {
  /** A signed token with these claims; `forMs`: how long it is good for. Undefined: there is no key, and none can be made. */
  issue(scope: TokenScope, claims: DataplaneClaims | UserClaims | ZoneClaims, forMs: number): Promise<string | undefined>;
}

export function createTokenIssuer(newestKey: NewestKey, now: () => Date = () => new Date()): TokenIssuer {
  return {
    async issue(scope, claims, forMs) {
      const found = await newestKey(scope);
      if (found === undefined) return undefined;
      const nowS = Math.floor(now().getTime() / 1000);
      const times = { iat: nowS, nbf: nowS - skewS, exp: nowS + Math.max(1, Math.ceil(forMs / 1000)) };
      const payload = { ...claims, jti: randomUUID(), ...times };
      return await new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid: String(found.serial), typ: "JWT" }).sign(found.key.privateKey);
    },
  };
}
