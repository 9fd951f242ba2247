import type { TokenRefusal } from "../../core/access/refusal.ts";
import type { ReadDocument } from "../../core/bootstrap/direct-dataplane.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";

export interface ProxyName {
  readonly mesh: string;
  readonly name: string;
}

/** What bootstraps are made with. */
export interface BootstrapContext {
  /** The stored Dataplane. */
  findDataplane(proxy: ProxyName): Promise<Dataplane | undefined>;
  hasMesh(mesh: string): Promise<boolean>;
  readDocuments(text: string, origin: string): readonly ReadDocument[];
  /** Why this token is not good for this proxy. Absent: nobody needs a token. */
  readonly authorize?: (asked: { readonly proxy: ProxyName; readonly token: string; readonly dataplane?: Dataplane }) => Promise<TokenRefusal | undefined>;
  /** The CA (PEM) of the control plane's certificate, and the names in the certificate, at present. Absent: plain text. */
  readonly tls?: () => { readonly caPem: string; readonly names: readonly string[] };
  /** Certificates for the control plane's door to a proxy's admin interface. Absent: there is none. */
  readonly adminCertificates?: (proxy: ProxyName) => Promise<{ readonly caPem: string; readonly cert: string; readonly key: string }>;
  /** Where proxies reach the control plane. Default: where the request did. */
  readonly advertised?: { readonly host: string; readonly port: number };
  /** The port that is served, for a request whose `Host` has none. */
  readonly port: () => number;
  /** A token's file, where the request names one, is preferred to the token itself. */
  readonly reloadableTokens: boolean;
  readonly logger: BootstrapLogger;
}

export interface BootstrapLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
