export type LogForm = "envoy-text" | "istio-text" | "kuma-text" | "json";

export type Direction = "inbound" | "outbound" | "unknown";

/** One request or connection of an access log, whatever form it was written in. What the form does not have is empty, or NaN. */
export interface LogRecord {
  readonly form: LogForm;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly durationMs: number;
  /** 0: no answer was sent, or it was no HTTP. */
  readonly status: number;
  /** `UC`, `URX,UC`; empty: none. */
  readonly flags: string;
  /** Why the answer is what it is, in Envoy's words; empty: not in the log. */
  readonly details: string;
  /** Why the connection ended. */
  readonly connectionDetails: string;
  /** Why the connection to the host failed. */
  readonly transportFailure: string;
  /** Why the handshake of the one who called failed. */
  readonly handshakeFailure: string;
  readonly direction: Direction;
  readonly cluster: string;
  /** `address:port` of the host that was chosen. */
  readonly host: string;
  /** The proxy's end of the connection to the host, which tells that connection from others. */
  readonly upstreamLocal: string;
  /** Where the call came from, and to which address. */
  readonly downstream: string;
  readonly downstreamLocal: string;
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly bytesSent: number;
  readonly attempts: number;
}

/** What a proxy's own log says beside its access log, as far as it explains failures. */
export interface ProxyEvent {
  readonly timeMs: number;
  readonly what: "listener-changed" | "started" | "stopping" | "config-rejected";
  /** The listener's name, or what was said. */
  readonly text: string;
}

/** A probe that failed, in the words of the kubelet's events. */
export interface ProbeEvent {
  readonly probe: string;
  readonly message: string;
}

/** What one line of a log is. */
export type ParsedLine =
  | { readonly is: "record"; readonly record: LogRecord }
  | { readonly is: "event"; readonly event: ProxyEvent }
  | { readonly is: "probe"; readonly probe: ProbeEvent }
  /** It begins as an access log does, and does not go on like one: cut, or of a form that we do not know. */
  | { readonly is: "broken" }
  | { readonly is: "other" };
