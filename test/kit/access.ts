import { createProxyAuthentication, type AuthenticateProxy } from "../../src/edge/access/authenticate-proxy.ts";
import { createTokenIssuer, type TokenIssuer } from "../../src/edge/access/issue-token.ts";
import { createKeyRing } from "../../src/edge/access/key-ring.ts";
import { secretOf } from "../../src/edge/access/secret-of.ts";
import { watchSecrets, type SecretWatch } from "../../src/edge/access/secret-watch.ts";
import { makeSigningKey } from "../../src/edge/access/signing-key.ts";
import { createTokenVerifier, type TokenVerifier } from "../../src/edge/access/verify-token.ts";
import { createMemoryStore } from "../../src/edge/source/memory/memory-store.ts";
import type { Store } from "../../src/edge/source/port.ts";
import type { DataplaneClaims } from "../../src/core/access/claims.ts";
import { dataplaneScope, revocationsKey, signingKeyKey, type TokenScope } from "../../src/core/access/token-scope.ts";

/** Tokens made and read over a store in memory, with a clock that a test moves. */
export interface TokensUnderTest {
  readonly store: Store;
  readonly secrets: SecretWatch;
  readonly issuer: TokenIssuer;
  readonly verifier: TokenVerifier;
  readonly authenticateProxy: AuthenticateProxy;
  /** Milliseconds. */
  nowMs: number;
  dataplaneToken(claims?: Partial<DataplaneClaims>, forMs?: number): Promise<string>;
  /** Puts a signing key with this serial number. */
  rotate(scope: TokenScope, serial: number): Promise<void>;
  revoke(scope: TokenScope, ...ids: readonly string[]): Promise<void>;
}

export function tokensUnderTest(store: Store = createMemoryStore()): TokensUnderTest {
  const secrets = watchSecrets(store);
  const now = (): Date => new Date(tokens.nowMs);
  const issuer = createTokenIssuer(createKeyRing(store, () => Promise.resolve(true)), now);
  const verifier = createTokenVerifier(secrets, now);
  const tokens: TokensUnderTest = {
    store, secrets, issuer, verifier,
    authenticateProxy: createProxyAuthentication(verifier),
    nowMs: Date.parse("2030-01-01T00:00:00Z"),
    async dataplaneToken(claims = {}, forMs = 3_600_000) {
      const all = { Name: "", Mesh: "default", Tags: {}, Type: "dataplane", Workload: "", ...claims };
      const token = await issuer.issue(dataplaneScope(all.Mesh), all, forMs);
      if (token === undefined) throw new Error(`no key for ${all.Mesh}`);
      return token;
    },
    async rotate(scope, serial) {
      await store.put(secretOf(signingKeyKey(scope, serial), await makeSigningKey()));
    },
    async revoke(scope, ...ids) {
      await store.put(secretOf(revocationsKey(scope), ids.join(",")));
    },
  };
  return tokens;
}
