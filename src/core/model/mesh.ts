import type { Resource } from "./resource.ts";

/** What a Mesh may say; other fields of Kuma's are accepted and kept. */
export interface MeshSpec {
  readonly mtls?: MeshMtls;
  readonly skipCreatingInitialPolicies?: readonly string[];
  readonly [other: string]: unknown;
}

/** Mutual TLS between the proxies of a mesh. On when `enabledBackend` is set. Field names are Kuma's. */
export interface MeshMtls {
  readonly enabledBackend?: string;
  readonly backends?: readonly MtlsBackend[];
  /** True: certificates of a provided backend are not looked at when the Mesh is written. */
  readonly skipValidation?: boolean;
}

/** Where the certificates of a mesh come from. */
export interface MtlsBackend {
  readonly name: string;
  readonly type: "builtin" | "provided";
  /** Default: STRICT. PERMISSIVE: inbounds take plain text as well. */
  readonly mode?: "STRICT" | "PERMISSIVE";
  readonly dpCert?: {
    /** How long a proxy's certificate is good for: a number and one of y, w, d, h, m, s, ms. Default: 24h. */
    readonly rotation?: { readonly expiration?: string };
    readonly requestTimeout?: string;
  };
  readonly conf?: {
    /** builtin: the CA that is made. `expiration` as above; default: 10y. */
    readonly caCert?: { readonly RSAbits?: number; readonly rsaBits?: number; readonly expiration?: string };
    /** provided: the CA's certificate, or certificates that lead from it to one that proxies trust. */
    readonly cert?: CertificateSource;
    readonly key?: CertificateSource;
  };
  readonly rootChain?: { readonly requestTimeout?: string };
}

/** Where a text is (Kuma's DataSource): exactly one of the fields. */
export interface CertificateSource {
  /** Name of a Secret of the mesh. */
  readonly secret?: string;
  /** Path of a file on the control plane's machine. */
  readonly file?: string;
  /** Base64 of the text. */
  readonly inline?: string;
  readonly inlineString?: string;
}

export type Mesh = Resource<"Mesh", MeshSpec>;
