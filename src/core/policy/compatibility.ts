/** Settings for those who come from Kuma and rely on what it does rather than on what its documentation says. */
export interface Compatibility {
  /** `base64`: as documented, `tcp.send` and `tcp.receive` are decoded and sent as bytes. `text`: sent as they stand, as Kuma does. */
  readonly tcpPayload: "base64" | "text";
  /** `count`: an unexpected HTTP status counts towards `unhealthyThreshold`. `first-failure`: it ejects at once, as Envoy does by itself. */
  readonly httpStatusThreshold: "count" | "first-failure";
}

export const defaultCompatibility: Compatibility = Object.freeze({ tcpPayload: "base64", httpStatusThreshold: "count" });
