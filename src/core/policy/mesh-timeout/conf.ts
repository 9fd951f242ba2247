export interface HttpTimeouts {
  readonly requestTimeout?: string;
  readonly streamIdleTimeout?: string;
  readonly maxStreamDuration?: string;
  readonly maxConnectionDuration?: string;
  readonly requestHeadersTimeout?: string;
}

/** `default` of a valid MeshTimeout, also merged from several. Durations are texts in Go's syntax. */
export interface MeshTimeoutConf {
  readonly connectionTimeout?: string;
  readonly idleTimeout?: string;
  readonly http?: HttpTimeouts;
}
