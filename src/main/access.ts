import { ensureAdminToken } from "../edge/access/admin-token.ts";
import { createProxyAuthentication, type AuthenticateProxy } from "../edge/access/authenticate-proxy.ts";
import { createUserAuthentication } from "../edge/access/authenticate-user.ts";
import { createTokenIssuer, type TokenIssuer } from "../edge/access/issue-token.ts";
import { createKeyRing } from "../edge/access/key-ring.ts";
import { createProxyAdminAuthority, type ProxyAdminAuthority } from "../edge/access/proxy-admin-authority.ts";
import { watchSecrets, type SecretWatch } from "../edge/access/secret-watch.ts";
import { createTokenVerifier } from "../edge/access/verify-token.ts";
import { createUserVerifier } from "../edge/access/verify-user.ts";
import type { Authenticate } from "../edge/api/authenticate.ts";
import type { Config } from "../edge/config/config.ts";
import type { SecretStore } from "../edge/source/kubernetes-secrets/secret-store.ts";
import type { Closers } from "./closers.ts";

/** Who may do what, from the secrets of a store. */
export interface Access {
  readonly authenticateUser: Authenticate;
  readonly authenticateProxy: AuthenticateProxy;
  readonly issuer: TokenIssuer;
  readonly secrets: SecretWatch;
  /** For asking the admin interfaces of proxies' Envoys. */
  readonly proxyAdmin: ProxyAdminAuthority;
  /** Makes what has to be there from the first start on. Once the store can be written. */
  prepare(): Promise<void>;
}

/** @param hasMesh tells of which meshes proxies may have tokens. */
export function createAccess(config: Config, store: SecretStore, hasMesh: (name: string) => Promise<boolean>, closers: Closers): Access {
  const secrets = watchSecrets(store);
  closers.add(() => secrets.close());
  const verifier = createTokenVerifier(secrets);
  const issuer = createTokenIssuer(createKeyRing(store, async ({ kind, mesh }) => kind === "GlobalSecret" || (await hasMesh(mesh))));
  return {
    authenticateUser: createUserAuthentication({ loopbackIsAdmin: config.api.loopbackIsAdmin, verify: createUserVerifier(verifier) }),
    authenticateProxy: createProxyAuthentication(verifier),
    issuer,
    secrets,
    proxyAdmin: createProxyAdminAuthority(store),
    prepare: async () => {
      await secrets.ready;
      await ensureAdminToken(store, issuer);
    },
  };
}
