import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fakeSnapshot, shortTypes } from "../../kit/fake-snapshot.ts";
import { startServer, type ServerUnderTest } from "../../kit/fake-proxies.ts";
import type { Snapshot } from "../../../src/core/snapshot/snapshot.ts";
import { waitUntil } from "../../kit/wait-until.ts";

const mebibyte = 1024 * 1024;

/** One cluster of a MiB, filled with its version. */
function largeSnapshot(version: number): Snapshot {
  const types = new Map(fakeSnapshot({}).types);
  const resource = { name: "large", version: String(version), byteLength: mebibyte, madeFrom: [], writeTo: (target: Uint8Array, offset: number) => void target.fill(version, offset, offset + mebibyte) };
  types.set(shortTypes.cds, { version: String(version), resources: new Map([["large", resource]]) });
  return { types };
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** A client that is there all the time, and has to be served whatever the others do. */
async function isServed(s: ServerUnderTest, name = "other"): Promise<void> {
  s.proxies.set(name, fakeSnapshot({ cds: { a: 1 } }));
  const client = s.open("delta", `default.${name}`);
  client.request("cds");
  assert.equal((await client.next("cds")).resources.length, 1);
  client.close();
}

describe("slow clients of the data plane server", () => {
  let s: ServerUnderTest;
  afterEach(() => s.stop());

  it("that read nothing are closed, and their connection with them; those that read slowly are not", async () => {
    s = await startServer({ sendTimeoutMs: 1000 });
    for (const name of ["deaf", "slow"]) s.proxies.set(name, largeSnapshot(1));
    const [deaf, slow] = [s.open("sotw", "default.deaf"), s.open("sotw", "default.slow")];
    for (const client of [deaf, slow]) {
      client.request("cds");
      await client.next("cds");
      client.pause();
    }
    let reading = false;
    // A client's own library reads some messages ahead; so there have to be more.
    const turns = setInterval(() => {
      reading = !reading;
      if (reading) slow.resume();
      else slow.pause();
      for (const name of ["deaf", "slow"]) s.proxies.set(name, largeSnapshot(Math.floor(performance.now()) % 250));
    }, 20);
    try {
      await waitUntil("the deaf client is gone", () => !s.proxies.connected().includes("deaf"), { giveUpMs: 15_000 });
      await isServed(s);
      assert.ok(s.proxies.connected().includes("slow"));
    } finally {
      clearInterval(turns);
    }
    deaf.resume();
    assert.notEqual((await deaf.ended).code, 0);
  });

  it("that open a stream and say nothing are told so in time", async () => {
    s = await startServer({ firstRequestMs: 200 });
    const silent = s.open("delta", "default.silent");
    const { code, details } = await silent.ended;
    assert.deepEqual([code, details], [4, "nothing was asked for"]);
  });

  it("that connect and open no stream are closed, a thousand of them, while others are served", async () => {
    s = await startServer({ idleMs: 300 });
    const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
    const idle = await Promise.all(Array.from({ length: 1000 }, () => opened(s.port)));
    for (const [at, socket] of idle.entries()) {
      if (at % 2 === 0) socket.write(preface);
      else socket.write("PRI * HTTP/2");
    }
    const closed = Promise.all(idle.map((socket) => once(socket.resume(), "close")));
    await isServed(s);
    await closed;
    await isServed(s, "later");
  });
});
