import { decodeJwt } from "jose";
import { readDataplaneClaims } from "../../core/access/claims.ts";
import { refusalFor, type ShowingProxy } from "../../core/access/fits-proxy.ts";
import type { TokenRefusal } from "../../core/access/refusal.ts";
import { dataplaneScope } from "../../core/access/token-scope.ts";
import type { TokenVerifier } from "./verify-token.ts";

/** A data plane token whose signature was good. */
export interface ProxyCredential {
  /** Whether it is good, still, for this proxy. Cheap: to be asked at every request. */
  refusal(proxy: ShowingProxy): TokenRefusal | undefined;
}

/** Reads what a proxy shows: the token itself, as Kuma's proxies send it, or `Bearer` and the token. */
export type AuthenticateProxy = (authorization: string | undefined) => Promise<ProxyCredential | TokenRefusal>;

export function createProxyAuthentication(verifier: TokenVerifier): AuthenticateProxy {
  return async (authorization) => {
    const token = tokenOf(authorization);
    if (token === undefined) return "missing";
    const mesh = meshOf(token);
    if (mesh === undefined) return "not valid";
    const verified = await verifier.verify(dataplaneScope(mesh), token);
    if (typeof verified === "string") return verified;
    const claims = readDataplaneClaims(verified.payload);
    if (claims === undefined) return "not valid";
    return { refusal: (proxy) => verified.refusal() ?? refusalFor(claims, proxy) };
  };
}

/** The token in what was shown; undefined when there is none. */
export function tokenOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization === "") return undefined;
  return authorization.replace(/^Bearer +/i, "").trim();
}

/** The mesh that a token names: nothing is known yet of who wrote that, but it tells whose keys have to have signed it. */
function meshOf(token: string): string | undefined {
  try {
    return readDataplaneClaims(decodeJwt(token))?.Mesh;
  } catch {
    return undefined;
  }
}
