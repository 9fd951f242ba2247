/** A block that names how to check; present and `disabled` is not the same as absent. */
export interface CheckBlock {
  readonly disabled?: boolean;
}

export interface HttpBlock extends CheckBlock {
  readonly path?: string;
  readonly expectedStatuses?: readonly number[];
  readonly requestHeadersToAdd?: { readonly set?: readonly Header[]; readonly add?: readonly Header[] };
}

export interface Header {
  readonly name: string;
  readonly value: string;
}

export interface TcpBlock extends CheckBlock {
  readonly send?: string;
  readonly receive?: readonly string[];
}

export interface GrpcBlock extends CheckBlock {
  readonly serviceName?: string;
  readonly authority?: string;
}

/** `to[].default` of a valid MeshHealthCheck, also merged from several. Durations are texts in Go's syntax. */
export interface MeshHealthCheckConf {
  readonly interval?: string;
  readonly timeout?: string;
  readonly unhealthyThreshold?: number;
  readonly healthyThreshold?: number;
  readonly initialJitter?: string;
  readonly intervalJitter?: string;
  readonly intervalJitterPercent?: number;
  readonly healthyPanicThreshold?: number | string;
  readonly failTrafficOnPanic?: boolean;
  readonly noTrafficInterval?: string;
  readonly eventLogPath?: string;
  readonly alwaysLogHealthCheckFailures?: boolean;
  readonly reuseConnection?: boolean;
  readonly tcp?: TcpBlock;
  readonly http?: HttpBlock;
  readonly grpc?: GrpcBlock;
}
