/** Conf of a MeshTLS: of one entry when valid, or merged. Every field is optional, and absent means that nobody said. */
export interface MeshTlsConf {
  readonly mode?: "Strict" | "Permissive";
  readonly tlsVersion?: { readonly min?: TlsVersionName; readonly max?: TlsVersionName };
  readonly tlsCiphers?: readonly string[];
}

export type TlsVersionName = "TLSAuto" | "TLS10" | "TLS11" | "TLS12" | "TLS13";

export const tlsVersionNames: readonly TlsVersionName[] = ["TLSAuto", "TLS10", "TLS11", "TLS12", "TLS13"];

export const tlsCipherNames: readonly string[] = ["ECDSA", "RSA"].flatMap((signature) =>
  ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"].map((cipher) => `ECDHE-${signature}-${cipher}`),
);
