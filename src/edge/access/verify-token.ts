import { errors, jwtVerify, type JWTPayload } from "jose";
import { parseRevocations, revocationsKey, signingKeyKey, type TokenScope } from "../../core/access/token-scope.ts";
import type { TokenRefusal } from "../../core/access/refusal.ts";
import type { Secret } from "../../core/model/secret-kind.ts";
import type { SecretWatch } from "./secret-watch.ts";
import { signingKeyOf, type SigningKey } from "./signing-key.ts";

/** A token whose signature and times were good. */
export interface VerifiedToken {
  readonly payload: JWTPayload;
  /** Whether it still is: it has not expired since, was not revoked, and the key that signed it is still there. Cheap. */
  refusal(): TokenRefusal | undefined;
}

export interface TokenVerifier {
  verify(scope: TokenScope, token: string): Promise<VerifiedToken | TokenRefusal>;
}

/** Longer ones are not looked at; the longest that we make has a hundred tags. */
export const maxTokenLength = 16 * 1024;

/**
 * Verifies tokens against the secrets as they are: RS256 and nothing else, by the key with the serial number that the token's `kid`
 * names, as Kuma's. What is the matter is told in one of a few words, and of a token with a bad signature nothing is told.
 */
export function createTokenVerifier(secrets: Pick<SecretWatch, "get">, now: () => Date = () => new Date()): TokenVerifier {
  return {
    async verify(scope, token) {
      if (token.length > maxTokenLength) return "not valid";
      try {
        let used: SigningKey | undefined;
        let kid = "";
        const { payload } = await jwtVerify(
          token,
          (header) => {
            kid = header.kid ?? "0";
            used = keyOf(secrets, scope, kid);
            if (used === undefined) throw new errors.JWKSNoMatchingKey();
            return used.publicKey;
          },
          { algorithms: ["RS256"], requiredClaims: ["exp", "jti"], currentDate: now() },
        );
        const refusal = (): TokenRefusal | undefined => {
          if (keyOf(secrets, scope, kid) !== used) return "not valid";
          if (now().getTime() >= (payload.exp ?? 0) * 1000) return "expired";
          return isRevoked(secrets, scope, payload.jti ?? "") ? "revoked" : undefined;
        };
        return refusal() ?? { payload, refusal };
      } catch (error) {
        return error instanceof errors.JWTExpired ? "expired" : "not valid";
      }
    },
  };
}

function keyOf(secrets: Pick<SecretWatch, "get">, scope: TokenScope, kid: string): SigningKey | undefined {
  if (!/^(0|[1-9]\d{0,8})$/.test(kid)) return undefined;
  const secret = secrets.get(signingKeyKey(scope, Number(kid)));
  return secret === undefined ? undefined : signingKeyOf(secret);
}

const revocations = new WeakMap<Secret, ReadonlySet<string>>();

function isRevoked(secrets: Pick<SecretWatch, "get">, scope: TokenScope, id: string): boolean {
  const secret = secrets.get(revocationsKey(scope));
  if (secret === undefined) return false;
  const known = revocations.get(secret) ?? parseRevocations(Buffer.from(secret.spec.data, "base64").toString("utf8"));
  revocations.set(secret, known);
  return known.has(id);
}
