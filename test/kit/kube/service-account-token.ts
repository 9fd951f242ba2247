import { randomUUID } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import type { ApiAnswer, RequestOptions, TokenRequest } from "./api-server.ts";

/** Who signs tokens of the API server, and for whom they are when nobody says. */
export const issuer = "https://kubernetes.default.svc";

/** Shortest lifetime that the API server gives a token, in seconds. */
const shortest = 600;

/** For how long after its end the API server takes a token, for clocks that differ. */
const graceSeconds = 60;

type Ask = (method: string, path: string, options?: RequestOptions) => Promise<ApiAnswer>;

/** A token of a service account, by the API server's TokenRequest; one that shall hold shorter than that gives it, signed with its key. */
export async function serviceAccountToken(ask: Ask, key: KeyObject, wanted: TokenRequest): Promise<string> {
  const { namespace, serviceAccount = "default", lifetimeSeconds = 3600, audiences = [issuer] } = wanted;
  await ask("POST", "/api/v1/namespaces", { body: { metadata: { name: namespace } } });
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  await ask("POST", accounts, { body: { metadata: { name: serviceAccount } } });
  const account = uidOf(await ask("GET", `${accounts}/${serviceAccount}`));
  const pod = wanted.pod === undefined ? undefined : { name: wanted.pod, uid: uidOf(await ask("GET", `/api/v1/namespaces/${namespace}/pods/${wanted.pod}`)) };
  if (lifetimeSeconds < shortest) {
    const claims = { "kubernetes.io": { namespace, serviceaccount: { name: serviceAccount, uid: account }, ...(pod === undefined ? {} : { pod }) } };
    const nowSeconds = Math.floor(Date.now() / 1000);
    return await new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).setIssuer(issuer).setAudience([...audiences])
      .setSubject(`system:serviceaccount:${namespace}:${serviceAccount}`).setIssuedAt(nowSeconds).setNotBefore(nowSeconds - 1)
      .setExpirationTime(nowSeconds + lifetimeSeconds - graceSeconds).setJti(randomUUID()).sign(key);
  }
  const boundObjectRef = pod === undefined ? {} : { boundObjectRef: { apiVersion: "v1", kind: "Pod", ...pod } };
  const answer = await ask("POST", `${accounts}/${serviceAccount}/token`, { body: { spec: { audiences, expirationSeconds: lifetimeSeconds, ...boundObjectRef } } });
  const { status } = answer.body as { readonly status?: { readonly token?: string } };
  if (answer.status !== 201 || status?.token === undefined) throw new Error(`no token for ${namespace}/${serviceAccount}: ${JSON.stringify(answer)}`);
  return status.token;
}

function uidOf(answer: ApiAnswer): string {
  const { metadata } = answer.body as { readonly metadata?: { readonly uid?: string } };
  if (answer.status !== 200 || metadata?.uid === undefined) throw new Error(`nothing to make a token for: ${JSON.stringify(answer)}`);
  return metadata.uid;
}
