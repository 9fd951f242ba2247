import { adminClientName } from "../../core/bootstrap/admin-listener.ts";
import type { Secret } from "../../core/model/secret-kind.ts";
import { putNew, type SecretStore } from "./key-ring.ts";
import { makeCa, makeClientCertificate, makeServerCertificate, type MadeCertificate } from "./make-certificate.ts";
import { secretOf } from "./secret-of.ts";

/** A certificate, and the authority (PEM) that the other side's has to come from. */
export interface AdminCertificate extends MadeCertificate {
  readonly caPem: string;
}

/** Certificates for asking proxies' admin interfaces: the control plane's, and each proxy's. */
export interface ProxyAdminAuthority {
  forProxy(proxy: { readonly mesh: string; readonly name: string }): Promise<AdminCertificate>;
  forControlPlane(): Promise<AdminCertificate>;
}

/** In the store, so that each control plane on it can ask every proxy. The name is Kuma's. */
const authorityKey = { kind: "GlobalSecret", mesh: "", name: "envoy-admin-ca" };

/** How long the control plane's own certificate is shown before another one is made; it is good for much longer. */
const renewMs = 24 * 60 * 60 * 1000;

/** The name in a proxy's certificate: its node id. */
export function proxyCertificateName({ mesh, name }: { readonly mesh: string; readonly name: string }): string {
  return `${mesh}.${name}`;
}

/** The authority is made when it is needed first. */
export function createProxyAdminAuthority(store: SecretStore, now: () => Date = () => new Date()): ProxyAdminAuthority {
  let own: { readonly certificate: AdminCertificate; readonly madeMs: number } | undefined;

  async function authority(): Promise<MadeCertificate> {
    const found = await read(store);
    if (found !== undefined) return found;
    const made = await makeCa(now());
    await putNew(store, secretOf(authorityKey, `${made.cert}${made.key}`));
    const stored = await read(store);
    if (stored === undefined) throw new Error(`the global secret ${authorityKey.name} has no certificate and key in it`);
    return stored;
  }

  return {
    async forProxy(proxy) {
      const ca = await authority();
      return { ...(await makeServerCertificate(ca, [proxyCertificateName(proxy)], now())), caPem: ca.cert };
    },
    async forControlPlane() {
      const ca = await authority();
      const nowMs = now().getTime();
      if (own?.certificate.caPem !== ca.cert || nowMs - own.madeMs > renewMs) {
        own = { certificate: { ...(await makeClientCertificate(ca, adminClientName, now())), caPem: ca.cert }, madeMs: nowMs };
      }
      return own.certificate;
    },
  };
}

async function read(store: SecretStore): Promise<MadeCertificate | undefined> {
  const secret = (await store.get(authorityKey)) as Secret | undefined;
  const text = secret === undefined ? "" : Buffer.from(secret.spec.data, "base64").toString("utf8");
  const cert = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----\n?/.exec(text)?.[0];
  const key = /-----BEGIN (?:EC )?PRIVATE KEY-----[^]+?-----END (?:EC )?PRIVATE KEY-----\n?/.exec(text)?.[0];
  return cert === undefined || key === undefined ? undefined : { cert, key };
}
