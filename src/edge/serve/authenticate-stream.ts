import { status } from "@grpc/grpc-js";
import type { ShowingProxy } from "../../core/access/fits-proxy.ts";
import { refusalText, type TokenRefusal } from "../../core/access/refusal.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import type { ProxyKey } from "../pipeline/port.ts";
import type { EndReason } from "./stream-proxy.ts";

/** What a client has shown, and that was found good as far as that can be told before it says who it is. */
export interface StreamCredential {
  /** A reason to end the stream of this proxy. Asked at every request, before every push, and from time to time besides; so it is cheap. */
  refusal(proxy: ProxyKey): EndReason | undefined;
}

/** Looks at what a call shows (its metadata `authorization`, as it was sent) before anything of it is read. */
export type AuthenticateStream = (authorization: string | undefined) => Promise<StreamCredential | EndReason>;

export interface StreamAuthenticationOptions {
  /** Verifies a data plane token. */
  readonly authenticateProxy: (authorization: string | undefined) => Promise<{ refusal(proxy: ShowingProxy): TokenRefusal | undefined } | TokenRefusal>;
  /** The proxy's Dataplane at present. */
  readonly dataplaneOf: (proxy: ProxyKey) => Dataplane | undefined;
}

/** Authentication by data plane tokens, in gRPC's terms. */
export function createStreamAuthentication({ authenticateProxy, dataplaneOf }: StreamAuthenticationOptions): AuthenticateStream {
  return async (authorization) => {
    const credential = await authenticateProxy(authorization);
    if (typeof credential === "string") return unauthenticated(credential);
    return {
      refusal: (proxy) => {
        const dataplane = dataplaneOf(proxy);
        const refusal = credential.refusal({ ...proxy, ...(dataplane === undefined ? {} : { dataplane }) });
        return refusal === undefined ? undefined : unauthenticated(refusal);
      },
    };
  };
}

function unauthenticated(refusal: TokenRefusal): EndReason {
  return { code: refusal === "not checkable" ? status.UNAVAILABLE : status.UNAUTHENTICATED, details: refusalText(refusal) };
}
