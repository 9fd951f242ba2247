import { admin, authenticated, type Identity } from "../../core/access/identity.ts";
import type { TokenRefusal } from "../../core/access/refusal.ts";

export interface UserAuthenticationOptions {
  /** True: who asks from this machine without a token is the administrator. */
  readonly loopbackIsAdmin: boolean;
  /** Reads a user token. */
  verify(token: string): Promise<{ readonly name: string; readonly groups: readonly string[] } | TokenRefusal>;
}

/** What a request shows of who sends it. */
export interface Shown {
  readonly authorization: string | undefined;
  readonly remoteAddress: string | undefined;
  readonly isForeignPage: boolean;
}

/**
 * Who sends a request to the API: whom its token names, else the administrator for a request from this machine where that is
 * allowed. A page of some web site that a browser of this machine shows is not from this machine. A token that is of no use is
 * refused wherever it comes from.
 */
export function createUserAuthentication({ loopbackIsAdmin, verify }: UserAuthenticationOptions) {
  return async ({ authorization, remoteAddress, isForeignPage }: Shown): Promise<Identity | TokenRefusal> => {
    if (authorization !== undefined) {
      const token = bearerToken(authorization);
      const user = token === undefined ? "not valid" : await verify(token);
      return typeof user === "string" ? user : authenticated(user.name, user.groups);
    }
    return loopbackIsAdmin && !isForeignPage && isLoopbackAddress(remoteAddress) ? admin : "missing";
  };
}

function bearerToken(authorization: string): string | undefined {
  return /^Bearer +([A-Za-z0-9_.-]+) *$/i.exec(authorization)?.[1];
}

/** True for an address that only this machine can have at the other end. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address === "::1" || /^(::ffff:)?127(\.\d{1,3}){3}$/i.test(address ?? "");
}
