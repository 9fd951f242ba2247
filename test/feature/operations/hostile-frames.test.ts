import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { DeltaDiscoveryRequestSchema } from "../../../src/core/proto/envoy/service/discovery/v3/discovery_pb.ts";
import { createDataplaneServer } from "../../../src/edge/serve/dataplane-server.ts";
import { makeTestCa } from "../../kit/certificates.ts";
import { startServer, type ServerUnderTest } from "../../kit/fake-proxies.ts";
import { fakeSnapshot, shortTypes } from "../../kit/fake-snapshot.ts";
import { callHeaders, frame, frameTypes as types, grpcMessage, preface } from "../../kit/http2-frames.ts";
import { createRandom } from "../api/random.ts";
import { silentLog } from "../../kit/silent-log.ts";
import { waitUntil } from "../../kit/wait-until.ts";

const path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
const endHeaders = 4;
const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000_000);

function request(typeUrl: string = shortTypes.cds): Buffer {
  return Buffer.from(toBinary(DeltaDiscoveryRequestSchema, create(DeltaDiscoveryRequestSchema, { node: { id: "default.hostile" }, typeUrl, resourceNamesSubscribe: ["*"] })));
}

/** Connection, call, message; each of the three can be replaced. */
function conversation(message: Buffer, call = frame(types.headers, endHeaders, 1, callHeaders(path)), begin = Buffer.concat([preface, frame(types.settings, 0, 0)])): Buffer {
  return Buffer.concat([begin, call, message]);
}

type Mutation = (pick: (below: number) => number) => Buffer;

const whole = (): Buffer => conversation(frame(types.data, 0, 1, grpcMessage(request())));

function flipped(bytes: Buffer, from: number, pick: (below: number) => number): Buffer {
  for (let i = 0; i <= pick(6); i++) {
    const at = from + pick(bytes.length - from);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << pick(8)), at);
  }
  return bytes;
}

const mutations: Readonly<Record<string, Mutation>> = {
  "bits of the message": (pick) => conversation(frame(types.data, 0, 1, grpcMessage(flipped(request(), 0, pick)))),
  "bits of anything": (pick) => flipped(whole(), preface.length, pick),
  "an end too early": (pick) => whole().subarray(0, preface.length + pick(whole().length - preface.length)),
  "a wrong length of the message": (pick) => conversation(frame(types.data, pick(2), 1, grpcMessage(request(), 0, pick(3) === 0 ? 0xffff_ffff : pick(200)))),
  "a compressed flag": (pick) => conversation(frame(types.data, 0, 1, grpcMessage(request(), 1 + pick(255)))),
  "an unknown type": (pick) => conversation(frame(types.data, 0, 1, grpcMessage(request(`type.googleapis.com/x${pick(1000)}`)))),
  "a wrong length of the frame": (pick) => conversation(frame(types.data, 0, 1, grpcMessage(request()), pick(0xffffff))),
  "another frame type, flags and stream": (pick) => conversation(frame(pick(256), pick(256), pick(5), grpcMessage(request()))),
  "bytes that are no frames": (pick) => conversation(Buffer.from(Array.from({ length: 200 }, () => pick(256)))),
  "broken headers": (pick) => conversation(Buffer.alloc(0), frame(types.headers, endHeaders, 1, flipped(callHeaders(path), 0, pick))),
};

async function open(port: number, secure: boolean): Promise<Socket> {
  const socket = secure ? connectTls({ host: "127.0.0.1", port, ALPNProtocols: ["h2"], rejectUnauthorized: false }) : connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, secure ? "secureConnect" : "connect");
  return socket;
}

/** Says something, and hangs up a moment after it was answered or the connection was closed. */
async function say(port: number, secure: boolean, bytes: Buffer): Promise<void> {
  const socket = await open(port, secure);
  socket.write(bytes);
  await Promise.race([once(socket, "data").catch(() => undefined), once(socket, "close"), sleep(20)]);
  await sleep(2);
  socket.destroy();
}

async function isServed(s: ServerUnderTest): Promise<void> {
  s.proxies.set("other", fakeSnapshot({ cds: { a: 1 } }));
  const client = s.open("delta", "default.other");
  client.request("cds");
  assert.equal((await client.next("cds")).resources.length, 1);
  client.close();
}

describe(`frames made up to do harm (SEED=${seed})`, () => {
  let s: ServerUnderTest;
  beforeEach(async () => {
    s = await startServer();
    s.proxies.set("hostile", fakeSnapshot({ cds: { a: 1 } }));
  });
  afterEach(() => s.stop());

  for (const secure of [false, true]) {
    it(`end at most what they came on: 500 of them, ${secure ? "with" : "without"} TLS`, async () => {
      const pick = createRandom(seed).below;
      const ca = await makeTestCa("frames");
      const tls = { current: await ca.issue("localhost"), onChange: () => () => undefined };
      // Two doors of one server: those who are to be served come in by the other.
      const ads = { accept: (connection: Duplex) => s.server.accept(connection), close: () => Promise.resolve() };
      const server = secure ? createDataplaneServer({ ads, tls, logger: silentLog }) : undefined;
      const port = (await server?.listen({ host: "127.0.0.1", port: 0 }))?.port ?? s.port;
      const steady = s.open("sotw", "default.steady");
      s.proxies.set("steady", fakeSnapshot({ cds: { a: 1 } }));
      steady.request("cds");
      await steady.next("cds");
      const kinds = Object.values(mutations);
      for (let i = 0; i < 500; i += 10) {
        await Promise.all(Array.from({ length: 10 }, async (_, at) => await say(port, secure, (kinds[(i + at) % kinds.length] ?? whole)(pick))));
        if (i % 100 === 0) await isServed(s);
      }
      s.proxies.set("steady", fakeSnapshot({ cds: { a: 2 } }));
      steady.ack("cds");
      assert.equal((await steady.next("cds")).resources.length, 1);
      await waitUntil("no stream is left over", () => !s.proxies.connected().includes("hostile"));
      await server?.close(0);
    });
  }

  const begin = Buffer.concat([preface, frame(types.settings, 0, 0)]);
  const floods: Readonly<Record<string, (at: number) => Buffer>> = {
    "streams that are reset at once": (at) => Buffer.concat([frame(types.headers, endHeaders, 2 * at + 1, callHeaders(path)), frame(types.reset, 0, 2 * at + 1, Buffer.from([0, 0, 0, 8]))]),
    "headers that never end": (at) => (at === 0 ? frame(types.headers, 0, 1, callHeaders(path)) : frame(types.continuation, 0, 1, Buffer.concat([Buffer.from([0, 1, 0x78, 100]), Buffer.alloc(100, 0x79)]))),
    "header lists that are too large": (at) => frame(types.headers, endHeaders, 2 * at + 1, Buffer.concat(Array.from({ length: 150 }, () => Buffer.concat([Buffer.from([0, 1, 0x78, 100]), Buffer.alloc(100, 0x79)])))),
    "pings whose answers are not read": () => frame(types.ping, 0, 0, Buffer.alloc(8)),
    "settings whose answers are not read": () => frame(types.settings, 0, 0),
  };
  /** What is refused one by one does not cost the connection; it costs little. */
  const refused = ["streams that are reset at once", "header lists that are too large"];

  for (const [name, flood] of Object.entries(floods)) {
    it(`${refused.includes(name) ? "hold up nobody else" : "close their connection"}: ${name}`, async () => {
      const socket = await open(s.port, false);
      socket.pause();
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.write(begin);
      const frames = refused.includes(name) ? 2_000 : 200_000;
      for (let at = 0; at < frames && socket.writable; at += 100) {
        const taken = new Promise<void>((resolve) => socket.write(Buffer.concat(Array.from({ length: 100 }, (_, i) => flood(at + i))), () => resolve()));
        await Promise.race([taken, closed, sleep(500)]);
        if (at % 1000 === 0) await isServed(s);
      }
      socket.resume();
      if (refused.includes(name)) socket.destroy();
      await closed;
      await isServed(s);
    });
  }
});
