/**
 * What a retry can be made on: the names that Kuma's MeshRetry has, and Envoy's own words (`retry_on`), which Istio's VirtualService and
 * its guides use. Either may be written; case does not matter (Kuma's own documentation writes `5XX`, which Kuma refuses).
 */
export interface RetryCondition {
  /** As MeshRetry writes it. */
  readonly name: string;
  /** As Envoy writes it. */
  readonly word: string;
}

/** Conditions that look at a connection or at an HTTP answer. */
const httpConditions: readonly RetryCondition[] = [
  { name: "5xx", word: "5xx" },
  { name: "GatewayError", word: "gateway-error" },
  { name: "Reset", word: "reset" },
  { name: "ResetBeforeRequest", word: "reset-before-request" },
  { name: "Retriable4xx", word: "retriable-4xx" },
  { name: "ConnectFailure", word: "connect-failure" },
  { name: "EnvoyRatelimited", word: "envoy-ratelimited" },
  { name: "RefusedStream", word: "refused-stream" },
  { name: "Http3PostConnectFailure", word: "http3-post-connect-failure" },
  { name: "RetriableStatusCodes", word: "retriable-status-codes" },
  { name: "RetriableHeaders", word: "retriable-headers" },
];

/** Conditions that look at the status of a gRPC answer. Envoy knows `cancelled` and passes `canceled` over, so the former is what is sent. */
const grpcConditions: readonly RetryCondition[] = [
  { name: "Canceled", word: "cancelled" },
  { name: "DeadlineExceeded", word: "deadline-exceeded" },
  { name: "Internal", word: "internal" },
  { name: "ResourceExhausted", word: "resource-exhausted" },
  { name: "Unavailable", word: "unavailable" },
];

export const retryConditions: readonly RetryCondition[] = [...httpConditions, ...grpcConditions];

const methods = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"] as const;

/** Methods of which a request may be carried out twice and comes to the same (RFC 9110, 9.2.2). */
export const idempotentMethods: readonly string[] = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];

/** A block of a MeshRetry for requests. */
export type RequestBlock = "http" | "grpc";

/** What one item of `retryOn` says. */
export type RetryOnItem = { readonly word: string } | { readonly method: string } | { readonly status: number };

const items: ReadonlyMap<string, RetryOnItem> = new Map<string, RetryOnItem>([
  ...retryConditions.flatMap(({ name, word }): [string, RetryOnItem][] => [
    [name.toLowerCase(), { word }],
    [word, { word }],
  ]),
  // Kuma's spelling in Envoy's form, and the other way round.
  ["canceled", { word: "cancelled" }],
  ...methods.map((method): [string, RetryOnItem] => [`httpmethod${method.toLowerCase()}`, { method }]),
]);

/** What an item of `retryOn` means in a block; undefined: nothing that is known there. */
export function readRetryOnItem(item: string | number, block: RequestBlock): RetryOnItem | undefined {
  const text = String(item).toLowerCase();
  if (/^\d+$/.test(text)) {
    const status = Number(text);
    return block === "http" && text.length === 3 && status >= 100 && status <= 599 ? { status } : undefined;
  }
  const found = items.get(text);
  return block === "grpc" && found !== undefined && !inGrpc(found) ? undefined : found;
}

/** All gRPC calls are POST requests, and are answered with status 200 whatever comes of them. */
function inGrpc(item: RetryOnItem): boolean {
  return "word" in item && item.word !== "retriable-status-codes" && item.word !== "retriable-headers";
}

/** Every name that may be written in a block, for messages and the schema; any number from 100 to 599 besides in `http`. */
export function retryOnNames(block: RequestBlock): readonly string[] {
  const names = [
    ...retryConditions.map(({ name }) => name),
    ...methods.map((method) => `HttpMethod${method.charAt(0)}${method.slice(1).toLowerCase()}`),
    ...retryConditions.map(({ word }) => word),
  ];
  return [...new Set(names)].filter((name) => readRetryOnItem(name, block) !== undefined);
}

/** Everything that a `retryOn` says, each once, in the order in which it is written; statuses sorted. */
export interface RetryOn {
  readonly words: readonly string[];
  readonly methods: readonly string[];
  readonly statuses: readonly number[];
}

/** Reads a valid list; what is not known is passed over. */
export function readRetryOn(list: readonly (string | number)[], block: RequestBlock): RetryOn {
  const read = list.flatMap((item) => readRetryOnItem(item, block) ?? []);
  return {
    words: [...new Set(read.flatMap((item) => ("word" in item ? item.word : [])))],
    methods: [...new Set(read.flatMap((item) => ("method" in item ? item.method : [])))],
    statuses: [...new Set(read.flatMap((item) => ("status" in item ? item.status : [])))].sort((a, b) => a - b),
  };
}
