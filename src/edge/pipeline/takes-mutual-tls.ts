import type { ProxySecrets } from "../../core/model/mesh-tls-secrets.ts";
import type { ProxyPlan } from "../../core/model/plan.ts";
import type { TypeCounts } from "../../core/session/session.ts";
import { typeUrls } from "../../core/translate/type-urls.ts";

/** All that it takes for an inbound to serve mutual TLS. */
const needed = [typeUrls.listener, typeUrls.extension, typeUrls.secret];

/**
 * Whether a proxy that refuses nothing takes mutual TLS by its plan: it has been given a certificate, and has confirmed all that it was
 * given. (A snapshot that was pulled is sent in the same turn, so that what is confirmed is no older.)
 */
export function takesMutualTls({ inbounds }: ProxyPlan, secrets: ProxySecrets | undefined, counts: ReadonlyMap<string, Readonly<TypeCounts>>): boolean {
  if (secrets?.identity === undefined || secrets.trust === undefined || inbounds.every(({ tls }) => tls === undefined)) return false;
  return needed.every((type) => {
    const { acknowledged = 0, awaiting = 0, resumed = false } = counts.get(type) ?? {};
    return awaiting === 0 && (acknowledged > 0 || resumed);
  });
}
