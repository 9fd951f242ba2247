import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { ClientDuplexStream, ServiceError, StatusObject } from "@grpc/grpc-js";
import {
  DeltaDiscoveryRequestSchema, DeltaDiscoveryResponseSchema, DiscoveryRequestSchema, DiscoveryResponseSchema,
} from "../../src/core/proto/envoy/service/discovery/v3/discovery_pb.ts";
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
  request(type: ShortType | string, options?: RequestOptions): void;
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

/** Opens a stream of its own connection. */
export function openAdsClient(port: number, variant: Variant, node: string): AdsClient {
  const client = new Client(`127.0.0.1:${String(port)}`, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1, "grpc.max_receive_message_length": -1 });
  const call: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(service + methods[variant], bytes, bytes, new Metadata());
  const inbox: AdsResponse[] = [];
  const received = { responses: 0, bytes: 0 };
  const lastNonce = new Map<string, string>();
  const lastVersion = new Map<string, string>();
  let nodeToSay = node;
  let wake: (() => void)[] = [];
  let status: StatusObject | undefined;
  const ended = new Promise<StatusObject>((resolve) => {
    call.on("status", (given: StatusObject) => {
      status = given;
      client.close();
      resolve(given);
      notify();
    });
  });
  call.on("error", (_error: ServiceError) => undefined);
  call.on("data", (buffer: Buffer) => {
    const response = variant === "sotw" ? readSotw(buffer) : readDelta(buffer);
    received.responses++;
    received.bytes += buffer.length;
    lastNonce.set(response.type, response.nonce);
    inbox.push(response);
    notify();
  });
  function notify(): void {
    const waiting = wake;
    wake = [];
    waiting.forEach((resolve) => resolve());
  }
  function request(type: string, options: RequestOptions = {}): void {
    const said = { ...options, node: options.node ?? nodeToSay };
    nodeToSay = "";
    call.write(variant === "sotw" ? writeSotw(type, said) : writeDelta(type, said));
  }
  async function next(type?: ShortType): Promise<AdsResponse> {
    for (;;) {
      const at = inbox.findIndex((response) => type === undefined || response.type === type);
      const found = inbox[at];
      if (found !== undefined) {
        inbox.splice(at, 1);
        return found;
      }
      if (status !== undefined) {
        throw new Error(`the stream ended: ${String(status.code)} ${status.details}`);
      }
      await new Promise<void>((resolve) => wake.push(resolve));
    }
  }
  return {
    variant, inbox, received, request, next, ended,
    ack(type, names = []) {
      const version = lastVersion.get(type) ?? "";
      request(type, variant === "sotw" ? { names, nonce: lastNonce.get(type) ?? "", version } : { nonce: lastNonce.get(type) ?? "" });
    },
    nack(type, error, names = []) {
      request(type, { error, nonce: lastNonce.get(type) ?? "", ...(variant === "sotw" ? { names } : {}) });
    },
    async drain(quietMs = 50) {
      for (let seen = -1; seen !== received.responses; ) {
        seen = received.responses;
        await new Promise((resolve) => setTimeout(resolve, quietMs));
      }
      return inbox.splice(0);
    },
    pause: () => void call.pause(),
    resume: () => void call.resume(),
    sendBytes: (raw) => void call.write(Buffer.from(raw)),
    close() {
      call.cancel();
      client.close();
    },
  };
}

function urlOf(type: string): string {
  return type in shortTypes ? shortTypes[type as ShortType] : type;
}

function writeSotw(type: string, options: RequestOptions): Buffer {
  const message = create(DiscoveryRequestSchema, {
    typeUrl: urlOf(type), resourceNames: [...(options.names ?? [])], responseNonce: options.nonce ?? "", versionInfo: options.version ?? "",
    ...(options.node === undefined || options.node === "" ? {} : { node: { id: options.node } }),
    ...(options.error === undefined ? {} : { errorDetail: { code: 13, message: options.error } }),
  });
  return Buffer.from(toBinary(DiscoveryRequestSchema, message));
}

function writeDelta(type: string, options: RequestOptions): Buffer {
  const message = create(DeltaDiscoveryRequestSchema, {
    typeUrl: urlOf(type), resourceNamesSubscribe: [...(options.names ?? [])], resourceNamesUnsubscribe: [...(options.drop ?? [])],
    responseNonce: options.nonce ?? "", initialResourceVersions: { ...options.initialVersions },
    ...(options.node === undefined || options.node === "" ? {} : { node: { id: options.node } }),
    ...(options.error === undefined ? {} : { errorDetail: { code: 13, message: options.error } }),
  });
  return Buffer.from(toBinary(DeltaDiscoveryRequestSchema, message));
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
