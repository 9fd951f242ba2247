import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { decodeRecording, type Recorded } from "../client/recording.ts";

/**
 * The yardstick: grpc-js sends the bytes of a recording to the clients that received them, in the same order, and does nothing else.
 * Arguments: the recording, "delta" or "sotw". Prints its ports as a JSON line; POST /change sends the recorded change.
 */

type Stream = ServerDuplexStream<Buffer, Buffer>;

const [path = "", mode = "delta"] = process.argv.slice(2);
const recorded = decodeRecording(readFileSync(path));
const change = recorded.filter(({ phase }) => phase === 1);
const streams = new Map<number, Stream>();
const firstOf = new Map<number, Buffer[]>();
for (const { proxy, phase, bytes } of recorded) if (phase === 0) firstOf.set(proxy, [...(firstOf.get(proxy) ?? []), bytes]);

function serve(stream: Stream): void {
  const proxy = Number(stream.metadata.get("bench-proxy")[0]);
  streams.set(proxy, stream);
  stream.on("data", () => undefined);
  stream.on("error", () => undefined);
  stream.on("end", () => {
    stream.end();
  });
  for (const bytes of firstOf.get(proxy) ?? []) stream.write(bytes);
}

function send({ proxy, bytes }: Recorded): void {
  streams.get(proxy)?.write(bytes);
}

async function listen(): Promise<void> {
  const same = (bytes: Buffer): Buffer => bytes;
  const method = mode === "delta" ? "DeltaAggregatedResources" : "StreamAggregatedResources";
  const definition = {
    path: `/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`,
    requestStream: true,
    responseStream: true,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  const server = new Server();
  server.addService({ [method]: definition }, { [method]: serve });
  const xdsPort = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
  const control = createServer((_request, response) => {
    change.forEach(send);
    response.end();
  });
  control.listen(0, "127.0.0.1", () => {
    process.stdout.write(`${JSON.stringify({ xdsPort, controlPort: (control.address() as AddressInfo).port })}\n`);
  });
}

await listen();
