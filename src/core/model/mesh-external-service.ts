import type { Resource } from "./resource.ts";

/** A destination outside the mesh: where it is, what it speaks, and how it is talked to with TLS. Field names are Kuma's. */
export interface MeshExternalServiceSpec {
  readonly match: {
    readonly type?: "HostnameGenerator";
    /** The service's port, as outbounds and identifiers name it. */
    readonly port: number;
    /** Default: tcp. */
    readonly protocol?: ExternalProtocol;
  };
  readonly endpoints?: readonly ExternalEndpoint[];
  readonly tls?: ExternalTls;
}

export type ExternalProtocol = "tcp" | "http" | "http2" | "grpc";

export interface ExternalEndpoint {
  /** IP address or DNS name. */
  readonly address: string;
  readonly port: number;
  /** 0, the default, is used first; others when the ones before are unhealthy. */
  readonly priority?: number;
}

export type TlsVersion = "TLSAuto" | "TLS10" | "TLS11" | "TLS12" | "TLS13";

export interface ExternalTls {
  /** Default: false. */
  readonly enabled?: boolean;
  readonly version?: { readonly min?: TlsVersion; readonly max?: TlsVersion };
  readonly allowRenegotiation?: boolean;
  readonly verification?: TlsVerification;
}

export interface TlsVerification {
  /** Default: Secured. */
  readonly mode?: "Secured" | "SkipSAN" | "SkipCA" | "SkipAll";
  readonly serverName?: string;
  readonly subjectAltNames?: readonly { readonly type?: "Exact" | "Prefix"; readonly value: string }[];
  readonly caCert?: TlsSource;
  readonly clientCert?: TlsSource;
  readonly clientKey?: TlsSource;
}

/** A certificate or key: one of the three. */
export interface TlsSource {
  /** Base64 of the PEM text. */
  readonly inline?: string;
  readonly inlineString?: string;
  readonly type?: "InsecureInline";
  readonly insecureInline?: { readonly value: string };
}

export type MeshExternalService = Resource<"MeshExternalService", MeshExternalServiceSpec>;
