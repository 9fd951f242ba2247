/**
 * What a proxy is given for mutual TLS beside its plan. It has a private key: it goes to that proxy and nowhere else, neither to logs nor
 * to what is shown of a proxy. Equal content is the same object, so that it is encoded once.
 */
export interface ProxySecrets {
  readonly mesh: string;
  /** Absent: not issued yet; the proxy waits for it. */
  readonly identity?: IdentityCertificate;
  /** Absent: not known yet. */
  readonly trust?: TrustBundle;
}

/** By which a proxy shows who it is. */
export interface IdentityCertificate {
  /** PEM: the proxy's certificate, then what leads to a CA that is trusted. */
  readonly certificateChain: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

/** All CAs that are trusted in a mesh; one object for all of its proxies. */
export interface TrustBundle {
  /** PEM. */
  readonly certificates: string;
}
