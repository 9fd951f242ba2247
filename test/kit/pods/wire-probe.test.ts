import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import type { Server } from "node:net";
import { freePort } from "../ports.ts";
import { probeOverWire } from "./wire-probe.ts";

const timeoutMs = 20_000;

describe("what the played kubelet makes of a probe", () => {
  const open: Server[] = [];

  async function listen(server: Server): Promise<number> {
    open.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", () => { resolve(); });
    });
    return (server.address() as AddressInfo).port;
  }

  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  it("is success for any status from 200 to 399, and names any other as a kubelet does", async () => {
    const port = await listen(createServer((request, response) => {
      response.writeHead(Number(request.headers["x-wanted"])).end("said");
    }));
    const verdict = async (status: number): Promise<unknown> => await probeOverWire({ kind: "http", url: `http://127.0.0.1:${port}/x`, headers: [["X-Wanted", String(status)]], timeoutMs });
    for (const status of [200, 302, 399]) assert.deepEqual(await verdict(status), { ok: true, output: "said" });
    for (const status of [400, 500]) assert.deepEqual(await verdict(status), { ok: false, output: `HTTP probe failed with statuscode: ${status}` });
  });

  it("is the words of Go where nothing listens, the connection is reset or closed, or nothing is said", async () => {
    const port = await freePort();
    assert.deepEqual(await probeOverWire({ kind: "tcp", host: "127.0.0.1", port, timeoutMs }), { ok: false, output: `dial tcp 127.0.0.1:${port}: connect: connection refused` });
    const url = `http://127.0.0.1:${port}/x`;
    assert.equal((await probeOverWire({ kind: "http", url, timeoutMs })).output, `Get "${url}": dial tcp 127.0.0.1:${port}: connect: connection refused`);
    const resets = await listen(createTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy())));
    assert.match((await probeOverWire({ kind: "http", url: `http://127.0.0.1:${resets}/x`, timeoutMs })).output, /^Get "http:[^"]+": read tcp 127\.0\.0\.1:\d+->127\.0\.0\.1:\d+: read: connection reset by peer$/);
    const closes = await listen(createTcpServer((socket) => socket.once("data", () => socket.end())));
    assert.match((await probeOverWire({ kind: "http", url: `http://127.0.0.1:${closes}/x`, timeoutMs })).output, /: EOF$/);
    const silent = await listen(createTcpServer((socket) => socket.once("close", () => undefined).resume()));
    assert.match((await probeOverWire({ kind: "http", url: `http://127.0.0.1:${silent}/x`, timeoutMs: 50 })).output, /: context deadline exceeded \(Client\.Timeout exceeded while awaiting headers\)$/);
    assert.deepEqual(await probeOverWire({ kind: "tcp", host: "127.0.0.1", port: silent, timeoutMs }), { ok: true, output: "" });
  });
});
