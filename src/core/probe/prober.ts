/** The variable of the sidecar's container that holds what the agent asks in the kubelet's stead; the name and the shape are Istio's. */
export const probersVariable = "ISTIO_KUBE_APP_PROBERS";

/**
 * What the app of one probe or hook is asked: what its author wrote, with ports as numbers. Exactly one of `httpGet`, `tcpSocket` and
 * `grpc` is there.
 */
export interface Prober {
  readonly httpGet?: HttpGetProber;
  readonly tcpSocket?: TcpSocketProber;
  readonly grpc?: GrpcProber;
  /** Seconds for the whole exchange; absent when nobody said, as for every hook. Never 0. */
  readonly timeoutSeconds?: number;
}

export interface HttpGetProber {
  /** With its query; `/` when absent. */
  readonly path?: string;
  readonly port: number;
  /** What the author wrote. Nobody dials it: the agent asks its own pod alone. */
  readonly host?: string;
  /** `HTTP` or `HTTPS`; HTTP when absent. */
  readonly scheme?: string;
  /** For the reader only: the kubelet sends them to the agent, which hands them on. */
  readonly httpHeaders?: readonly HttpHeader[];
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

export interface TcpSocketProber {
  readonly port: number;
  /** What the author wrote. Nobody dials it. */
  readonly host?: string;
}

export interface GrpcProber {
  readonly port: number;
  /** The service that `grpc.health.v1.Health/Check` is asked about; null for the server as a whole. */
  readonly service: string | null;
}
