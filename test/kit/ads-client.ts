import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { ClientDuplexStream, StatusObject } from "@grpc/grpc-js";
import {
  DeltaDiscoveryRequestSchema, DeltaDiscoveryResponseSchema, DiscoveryRequestSchema, DiscoveryResponseSchema,
} from "../../src/core/proto/envoy/service/discovery/v3/discovery_pb.ts";
import type { JsonValue as ProtoJson } from "@bufbuild/protobuf";
import type { JsonObject } from "../../src/core/base/json.ts";
import { decodeResource } from "../../src/core/snapshot/encode.ts";
import { shortType, shortTypes } from "./fake-snapshot.ts";
import type { ShortType } from "./fake-snapshot.ts";

export type Variant = "sotw" | "delta";

/** A response, whichever the variant. */
export interface AdsResponse {
  /** `cds`, `eds` … or the type URL when it is none of ours. */
  readonly type: string;
  readonly version: string;
  readonly nonce: string;
  readonly resources: readonly { readonly name: string; readonly version: string; readonly bytes: Uint8Array }[];
  readonly removed: readonly string[];
  readonly byteLength: number;
}

/** What a test says to the server. Nothing is sent, confirmed or refused on its own, except through `live`. */
export interface AdsClient {
  readonly variant: Variant;
  /** Responses that came and were not taken by `next`. */
  readonly inbox: AdsResponse[];
  readonly received: { responses: number; bytes: number };
  /** @param type a short name, or any type URL. */
  request(type: string, options?: RequestOptions): void;
  /** Confirms the last response of a type. */
  ack(type: ShortType, names?: readonly string[]): void;
  nack(type: ShortType, message: string, names?: readonly string[]): void;
  /** The next response of a type, or of any; fails when the stream ends before. */
  next(type?: ShortType): Promise<AdsResponse>;
  /** All that comes until nothing has come for `quietMs`. */
  drain(quietMs?: number): Promise<readonly AdsResponse[]>;
  /** How the stream ended. */
  readonly ended: Promise<StatusObject>;
  /** Stops and starts reading. */
  pause(): void;
  resume(): void;
  sendBytes(bytes: Uint8Array): void;
  close(): void;
}

export interface RequestOptions {
  readonly node?: string;
  /** `node.metadata`; said with the node, in the first request. */
  readonly metadata?: JsonObject;
  /** Whole list (SotW), or names to add (delta). */
  readonly names?: readonly string[];
  readonly drop?: readonly string[];
  readonly nonce?: string;
  readonly version?: string;
  readonly initialVersions?: Readonly<Record<string, string>>;
  readonly error?: string;
}

const service = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";
const methods: Record<Variant, string> = { sotw: "StreamAggregatedResources", delta: "DeltaAggregatedResources" };
const bytes = (buffer: Buffer): Buffer => buffer;

/** What a client shows, and whom it trusts. */
export interface ShownByClient {
  /** Metadata `authorization`, as it is sent. */
  readonly authorization?: string;
  /** PEM of the authority that it trusts; without it, it speaks plain text. */
  readonly ca?: string;
}

/** Opens a stream of its own connection. */
export function openAdsClient(port: number, variant: Variant, node: string, shown: ShownByClient = {}): AdsClient {
  return new ScriptedClient(port, variant, node, shown);
}

class ScriptedClient implements AdsClient {
  readonly variant: Variant;
  readonly inbox: AdsResponse[] = [];
  readonly received = { responses: 0, bytes: 0 };
  readonly ended: Promise<StatusObject>;
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  readonly #lastNonce = new Map<string, string>();
  readonly #lastVersion = new Map<string, string>();
  #nodeToSay: string;
  #waiting: (() => void)[] = [];
  #status: StatusObject | undefined;

  constructor(port: number, variant: Variant, node: string, { authorization, ca }: ShownByClient) {
    // An address is no name for TLS to ask for.
    const name = ca === undefined ? {} : { "grpc.ssl_target_name_override": "localhost" };
    const options = { "grpc.use_local_subchannel_pool": 1, "grpc.max_receive_message_length": -1, ...name };
    this.variant = variant;
    this.#nodeToSay = node;
    this.#client = new Client(`127.0.0.1:${String(port)}`, ca === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(ca)), options);
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set("authorization", authorization);
    this.#call = this.#client.makeBidiStreamRequest(service + methods[variant], bytes, bytes, metadata);
    // The status says the same.
    this.#call.on("error", () => undefined);
    this.#call.on("data", (buffer: Buffer) => this.#take(variant === "sotw" ? readSotw(buffer) : readDelta(buffer)));
    this.ended = new Promise((resolve) => {
      this.#call.on("status", (status: StatusObject) => {
        this.#status = status;
        this.#client.close();
        resolve(status);
        this.#wake();
      });
    });
  }

  request(type: string, options: RequestOptions = {}): void {
    const said = { ...options, node: options.node ?? this.#nodeToSay };
    this.#nodeToSay = "";
    this.#call.write(this.variant === "sotw" ? writeSotw(type, said) : writeDelta(type, said));
  }

  ack(type: ShortType, names: readonly string[] = []): void {
    const nonce = this.#lastNonce.get(type) ?? "";
    this.request(type, this.variant === "sotw" ? { names, nonce, version: this.#lastVersion.get(type) ?? "" } : { nonce });
  }

  nack(type: ShortType, error: string, names: readonly string[] = []): void {
    this.request(type, { error, nonce: this.#lastNonce.get(type) ?? "", ...(this.variant === "sotw" ? { names } : {}) });
  }

  async next(type?: ShortType): Promise<AdsResponse> {
    for (;;) {
      const at = this.inbox.findIndex((response) => type === undefined || response.type === type);
      const found = this.inbox[at];
      if (found !== undefined) {
        this.inbox.splice(at, 1);
        return found;
      }
      if (this.#status !== undefined) {
        throw new Error(`the stream ended: ${String(this.#status.code)} ${this.#status.details}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async drain(quietMs = 50): Promise<readonly AdsResponse[]> {
    for (let seen = -1; seen !== this.received.responses; ) {
      seen = this.received.responses;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
    return this.inbox.splice(0);
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  sendBytes(raw: Uint8Array): void {
    this.#call.write(Buffer.from(raw));
  }

  close(): void {
    this.#call.cancel();
    this.#client.close();
  }

  #take(response: AdsResponse): void {
    this.received.responses++;
    this.received.bytes += response.byteLength;
    this.#lastNonce.set(response.type, response.nonce);
    this.#lastVersion.set(response.type, response.version);
    this.inbox.push(response);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((resolve) => resolve());
  }
}

function urlOf(type: string): string {
  return type in shortTypes ? shortTypes[type as ShortType] : type;
}

function writeSotw(type: string, options: RequestOptions): Buffer {
  const message = create(DiscoveryRequestSchema, {
    typeUrl: urlOf(type), resourceNames: [...(options.names ?? [])], responseNonce: options.nonce ?? "", versionInfo: options.version ?? "",
    ...nodeOf(options),
    ...(options.error === undefined ? {} : { errorDetail: { code: 13, message: options.error } }),
  });
  return Buffer.from(toBinary(DiscoveryRequestSchema, message));
}

function writeDelta(type: string, options: RequestOptions): Buffer {
  const message = create(DeltaDiscoveryRequestSchema, {
    typeUrl: urlOf(type), resourceNamesSubscribe: [...(options.names ?? [])], resourceNamesUnsubscribe: [...(options.drop ?? [])],
    responseNonce: options.nonce ?? "", initialResourceVersions: { ...options.initialVersions },
    ...nodeOf(options),
    ...(options.error === undefined ? {} : { errorDetail: { code: 13, message: options.error } }),
  });
  return Buffer.from(toBinary(DeltaDiscoveryRequestSchema, message));
}

function nodeOf({ node = "", metadata }: RequestOptions): { node?: { id: string; metadata?: Record<string, ProtoJson> } } {
  if (node === "") return {};
  return { node: { id: node, ...(metadata === undefined ? {} : { metadata: metadata as Record<string, ProtoJson> }) } };
}

function readSotw(buffer: Buffer): AdsResponse {
  const { typeUrl, versionInfo, nonce, resources } = fromBinary(DiscoveryResponseSchema, buffer);
  const named = resources.map(({ value }) => ({ name: firstText(value), version: "", bytes: value }));
  return { type: shortType(typeUrl), version: versionInfo, nonce, resources: named, removed: [], byteLength: buffer.length };
}

function readDelta(buffer: Buffer): AdsResponse {
  const { typeUrl, systemVersionInfo, nonce, resources, removedResources } = fromBinary(DeltaDiscoveryResponseSchema, buffer);
  const named = resources.map(({ name, version, resource }) => ({ name, version, bytes: resource?.value ?? new Uint8Array() }));
  return { type: shortType(typeUrl), version: systemVersionInfo, nonce, resources: named, removed: removedResources, byteLength: buffer.length };
}

/** Field 1 of every resource that we serve is its name. */
function firstText(value: Uint8Array): string {
  return value[0] === 0x0a ? new TextDecoder().decode(value.subarray(2, 2 + (value[1] ?? 0))) : "";
}

/** The resource as canonical JSON. */
export function resourceJson(response: AdsResponse, name: string): JsonObject {
  const resource = response.resources.find((one) => one.name === name);
  if (resource === undefined) {
    throw new Error(`${response.type} has no ${name}, only ${response.resources.map((one) => one.name).join(", ")}`);
  }
  return decodeResource(urlOf(response.type), resource.bytes);
}
