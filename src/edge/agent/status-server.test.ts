import assert from "node:assert/strict";
import { networkInterfaces } from "node:os";
import { connect, createServer } from "node:net";
import { closeAfter } from "../../../test/kit/close-after.ts";
import { probeAsKubelet } from "../../../test/kit/kubelet-probe.ts";
import { skipBecause } from "../../../test/kit/skip.ts";
import { createRecordingLog, silentLog } from "../../../test/kit/silent-log.ts";
import { findSourceAddress } from "./probes/find-source-address.ts";
import { createStatusServer, type StatusServer } from "./status-server.ts";

describe("the status port", () => {
  const closing = closeAfter();
  const log = createRecordingLog();
  let server: StatusServer;
  let port = 0;
  let sent = 0;

  before(async () => {
    server = createStatusServer({
      probers: new Map(), podIp: "127.0.0.1", logger: log,
      routes: {
        "/healthz/ready": { answer: () => ({ status: 503 }) },
        "/metrics": { method: "GET", answer: () => Promise.resolve({ status: 200, contentType: "text/plain; version=0.0.4", body: "up 1\n" }) },
        "/quitquitquit": { method: "POST", loopbackOnly: true, answer: () => ({ status: 200, body: "OK", sent: () => (sent += 1) }) },
        "/broken": { answer: () => Promise.reject(new Error("it is broken")) },
      },
    });
    closing(() => server.close());
    ({ port } = await server.listen({ port: 0 }));
  });

  const table: readonly [asked: string, status: number, body: string][] = [
    ["GET /healthz/ready", 503, ""],
    ["POST /healthz/ready", 503, ""],
    ["GET /metrics?format=x", 200, "up 1\n"],
    ["POST /metrics", 405, "Method Not Allowed\n"],
    ["GET /quitquitquit", 405, "Method Not Allowed\n"],
    ["GET /", 404, "404 page not found\n"],
    ["GET /app-health", 404, "404 page not found\n"],
    ["GET /constructor", 404, "404 page not found\n"],
    ["GET /app-health/web/readyz", 400, "app prober config does not exists for /app-health/web/readyz\n"],
    ["GET /app-lifecycle/web/prestopz", 400, "app prober config does not exists for /app-lifecycle/web/prestopz\n"],
  ];
  for (const [asked, status, body] of table) {
    it(`${asked}: ${status}`, async () => {
      const [method = "", path = ""] = asked.split(" ");
      const answer = await probeAsKubelet({ port, method, path });
      assert.deepEqual({ status: answer.status, body: answer.body }, { status, body });
    });
  }

  it("tells a route when its answer has left", async () => {
    assert.equal((await probeAsKubelet({ port, method: "POST", path: "/quitquitquit" })).body, "OK");
    assert.equal(sent, 1);
  });

  it("refuses others what only this machine may, and those whom Envoy speaks for", async function () {
    const ask = async (host: string, localAddress: string): Promise<number> => (await probeAsKubelet({ host, port, localAddress, method: "POST", path: "/quitquitquit" })).status;
    assert.equal(await ask("127.0.0.1", "127.0.0.6"), 403);
    const other = Object.values(networkInterfaces()).flat().find((each) => each?.family === "IPv4" && !each.internal)?.address;
    if (other === undefined) skipBecause(this, "this machine has no address besides loopback");
    assert.equal(await ask(other, other), 403);
    assert.equal(sent, 1);
  });

  it("says in its log what a route could not do, and 500", async () => {
    assert.equal((await probeAsKubelet({ port, path: "/broken" })).status, 500);
    assert.deepEqual(log.lines.map(({ level, message, fields }) => [level, message, fields["path"]]), [["error", "cannot answer", "/broken"]]);
  });

  it("answers what is no HTTP and what never ends without falling over", async () => {
    const say = (text: string): Promise<string> => new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      let answer = "";
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
      socket.on("close", () => resolve(answer));
      socket.write(text);
    });
    assert.match(await say("HELO\r\n\r\n"), /^HTTP\/1\.1 400 /);
    assert.match(await say(`GET / HTTP/1.1\r\nHost: x\r\n${`x: ${"y".repeat(1000)}\r\n`.repeat(100)}`), /^HTTP\/1\.1 431 /);
    assert.equal((await probeAsKubelet({ port, path: "/metrics" })).status, 200);
  });

  it("says why it cannot listen", async () => {
    const second = createStatusServer({ probers: new Map(), podIp: "", logger: silentLog });
    await assert.rejects(second.listen({ host: "127.0.0.1", port }), { code: "EADDRINUSE" });
  });
});

describe("the address from which apps are asked", () => {
  it("is one that Envoy lets pass", async () => {
    const { log, warnings } = recording();
    assert.equal(await findSourceAddress("10.1.2.3", log), "127.0.0.6");
    assert.equal(await findSourceAddress("", log), "127.0.0.6");
    assert.deepEqual(warnings(), []);
  });

  it("is any where the machine lacks that one, and the log says so", async () => {
    const { log, warnings } = recording();
    const hasIt = await canListen("::6");
    assert.equal(await findSourceAddress("[fd00::1]", log), hasIt ? "::6" : undefined);
    assert.equal(warnings().length, hasIt ? 0 : 1);
  });
});

function recording(): { log: ReturnType<typeof createRecordingLog>; warnings(): readonly string[] } {
  const log = createRecordingLog();
  return { log, warnings: () => log.lines.map(({ message }) => message) };
}

function canListen(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port: 0 }, () => server.close(() => resolve(true)));
  });
}
