import type { IncomingMessage } from "node:http";

/** What the agent answers on one path besides probes of apps. */
export interface StatusRoute {
  /** Absent: any method will do. Another one is answered with 405. */
  readonly method?: "GET" | "POST";
  /** True: whoever does not ask from this machine is answered with 403. What Envoy hands on in others' name does not count as this machine. */
  readonly loopbackOnly?: boolean;
  /**
   * What it throws is logged and answered with 500.
   *
   * @param signal aborted when the one who asks has gone.
   */
  answer(request: IncomingMessage, signal: AbortSignal): StatusAnswer | Promise<StatusAnswer>;
}

export interface StatusAnswer {
  readonly status: number;
  /** Content type of the body; absent: plain text. */
  readonly contentType?: string;
  /** How the body is packed; absent: it is not. */
  readonly contentEncoding?: "gzip";
  readonly body?: string | Uint8Array;
  /** Called when the answer has left, or cannot any more: for a route that ends the process. */
  readonly sent?: () => void;
}

/** Path → route. */
export type StatusRoutes = Readonly<Record<string, StatusRoute>>;
