/** What the bench tells the process of the clients. Times are nanoseconds of the machine's monotonic clock, as text. */
export type ClientCommand =
  | { readonly type: "connect"; readonly options: ConnectOptions }
  /** From now on, tell when every proxy holds this interval in all its clusters. */
  | { readonly type: "expect"; readonly intervalMs: number }
  | { readonly type: "counters" }
  /** Writes what was recorded of phase 0 (first configuration) and phase 1 (first change). */
  | { readonly type: "save-recording"; readonly path: string }
  | { readonly type: "close" };

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly delta: boolean;
  readonly proxies: number;
  /** Clusters with a health check that make a configuration full. */
  readonly clusters: number;
  /** Node id; `%d` is the number of the proxy. */
  readonly nodeId: string;
  readonly record: boolean;
}

export type ClientReport =
  /** All proxies are there: when each of them was, after a `connect` (full configuration) or an `expect`. */
  | { readonly type: "reached"; readonly at: readonly string[] }
  | { readonly type: "ready" }
  | { readonly type: "counters"; readonly counters: Counters }
  | { readonly type: "failed"; readonly reason: string };

export interface Counters {
  /** Bytes of gRPC messages received, without their framing. */
  readonly bytes: number;
  readonly messages: number;
  /** Bytes by type URL. */
  readonly bytesByType: Readonly<Record<string, number>>;
  /** Seconds since the last message came. */
  readonly quietS: number;
  /** Proxies that have reached what is expected. */
  readonly reached: number;
}
