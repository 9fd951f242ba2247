/** Encodes one length-delimited field. */
export function field(number: number, content: Buffer | string): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

/** Encodes a repeated string field. */
export function fields(number: number, texts: Iterable<string>): Buffer {
  return Buffer.concat(Array.from(texts, (text) => field(number, text)));
}

/** The Node that Envoy introduces itself with: 1 id, 2 cluster, 6 user agent. */
export function encodeNode(id: string, cluster: string): Buffer {
  return Buffer.concat([field(1, id), field(2, cluster), field(6, "envoy")]);
}

export interface SotwParts {
  readonly node: Buffer | undefined;
  readonly typeUrl: string;
  readonly version: string;
  readonly nonce: string;
  /** Names, encoded once by `fields(3, …)`. */
  readonly names: Buffer;
}

/** DiscoveryRequest: 1 version, 2 node, 3 resource names, 4 type URL, 5 nonce. */
export function encodeSotwRequest({ node, typeUrl, version, nonce, names }: SotwParts): Buffer {
  return Buffer.concat([text(1, version), node === undefined ? none : field(2, node), names, text(4, typeUrl), text(5, nonce)]);
}

export interface DeltaParts {
  readonly node: Buffer | undefined;
  readonly typeUrl: string;
  readonly nonce: string;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
}

/** DeltaDiscoveryRequest: 1 node, 2 type URL, 3 subscribe, 4 unsubscribe, 6 nonce. */
export function encodeDeltaRequest({ node, typeUrl, nonce, subscribe, unsubscribe }: DeltaParts): Buffer {
  const names = [fields(3, subscribe), fields(4, unsubscribe)];
  return Buffer.concat([node === undefined ? none : field(1, node), text(2, typeUrl), ...names, text(6, nonce)]);
}

const none = Buffer.alloc(0);

function text(number: number, value: string): Buffer {
  return value === "" ? none : field(number, value);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}
