import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import type { GrpcProber } from "../../../core/probe/prober.ts";
import type { Dialer } from "./dialer.ts";
import { type Ending, exchange } from "./exchange.ts";
import { startSession } from "./http2.ts";
import type { Patience } from "./patience.ts";
import type { ProbeRequest } from "./probe-answer.ts";
import { urlHost } from "./redirect.ts";

const checkPath = "/grpc.health.v1.Health/Check";
const maxMessageBytes = 64 * 1024;
const statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;

/** Asks the app for its health over gRPC without TLS, as the kubelet does. @throws for every answer but SERVING. */
export async function probeGrpc({ port, service }: GrpcProber, { rawHeaders }: ProbeRequest, dialer: Dialer, patience: Patience): Promise<void> {
  const authority = `${urlHost(dialer.host)}:${port}`;
  await exchange<undefined>(dialer, port, patience, (socket, ending) => {
    const session = startSession(socket, `http://${authority}`, ending);
    const stream = session.request({
      ":method": "POST", ":path": checkPath, ":scheme": "http", ":authority": authority,
      "content-type": "application/grpc", te: "trailers", "user-agent": userAgentOf(rawHeaders),
    });
    readReply(stream, ending);
    stream.end(messageOf(service ?? ""));
  });
}

/** A message of gRPC: not compressed, its length, and a HealthCheckRequest. */
function messageOf(service: string): Uint8Array {
  const message = service === "" ? new Uint8Array() : new BinaryWriter().tag(1, WireType.LengthDelimited).string(service).finish();
  const framed = Buffer.alloc(5 + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}

function readReply(stream: ClientHttp2Stream, ending: Ending<undefined>): void {
  const chunks: Buffer[] = [];
  let left = maxMessageBytes;
  let grpcStatus: string | undefined;
  stream.on("error", ending.fail);
  stream.on("response", (headers) => {
    if (headers[":status"] !== 200) ending.fail(new Error(`the app answers ${headers[":status"] ?? 0}, which is not gRPC`));
    grpcStatus ??= oneOf(headers["grpc-status"]);
  });
  stream.on("trailers", (headers: IncomingHttpHeaders) => (grpcStatus ??= oneOf(headers["grpc-status"])));
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    left -= chunk.length;
    if (left < 0) ending.fail(new Error("the app answers more than a health check has"));
  });
  stream.on("end", () => {
    try {
      judge(grpcStatus, Buffer.concat(chunks));
      ending.finish(undefined);
    } catch (error) {
      ending.fail(error as Error);
    }
  });
  stream.on("close", () => ending.fail(new Error("the app ended the request without a reply")));
}

/** @throws unless the app serves. */
function judge(grpcStatus: string | undefined, reply: Buffer): void {
  if (grpcStatus === undefined) throw new Error("the app answers without a gRPC status");
  if (grpcStatus !== "0") throw new Error(`the app answers gRPC status ${grpcStatus}`);
  if (reply.length < 5 || reply[0] !== 0 || reply.readUInt32BE(1) !== reply.length - 5) throw new Error("the app answers no health check");
  const status = readStatus(reply.subarray(5));
  if (status !== 1) throw new Error(`the app is ${statuses[status] ?? status}`);
}

/** The first field of a HealthCheckResponse. */
function readStatus(message: Uint8Array): number {
  const reader = new BinaryReader(message);
  let status = 0;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1 && wireType === WireType.Varint) status = reader.int32();
    else reader.skip(wireType);
  }
  return status;
}

function userAgentOf(rawHeaders: readonly string[]): string {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === "user-agent");
  return at < 0 ? "kube-probe" : rawHeaders[at + 1] ?? "";
}

function oneOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
