import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";
import { requestText, sendRaw } from "./raw-http.ts";

const hundredMegabytes = 100 * 1024 * 1024;
const head = "PUT /meshes/default HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n";

async function listening(api: ApiUnderTest): Promise<number> {
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  return (api.app.server.address() as AddressInfo).port;
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

describe("the limits of the API", () => {
  let api: ApiUnderTest;
  afterEach(() => api.app.close());

  it("answers a body of 100 MB with 413 before it has come, where its length is said", async () => {
    api = apiUnderTest();
    const port = await listening(api);
    const { statuses, writtenBefore, text } = await sendRaw(port, body(`${head}content-length: ${hundredMegabytes}\r\n\r\n`, (part) => part));
    assert.deepEqual(statuses, [413]);
    assert.match(text, /limit of 1048576 bytes/);
    assert.ok(writtenBefore < hundredMegabytes / 10, `${writtenBefore} bytes were taken`);
    assert.deepEqual((await sendRaw(port, [requestText("GET", "/meshes")])).statuses, [200]);
  });

  it("answers a body of 100 MB with 413 as soon as it is too much, where its length is not said", async () => {
    api = apiUnderTest();
    const port = await listening(api);
    const chunk = (part: Buffer): Buffer => Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
    const { statuses, writtenBefore } = await sendRaw(port, body(`${head}transfer-encoding: chunked\r\n\r\n`, chunk));
    assert.deepEqual(statuses, [413]);
    assert.ok(writtenBefore < hundredMegabytes / 10, `${writtenBefore} bytes were taken`);
  });

  it("answers a request that never ends with 408, and others meanwhile", async () => {
    api = apiUnderTest(undefined, { requestTimeoutMs: 300 });
    const port = await listening(api);
    const slow = await Promise.all(Array.from({ length: 200 }, () => opened(port)));
    const answers = slow.map(async (socket) => {
      socket.write("GET /meshes HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ");
      const [text] = (await once(socket, "data")) as [Buffer];
      return text.toString();
    });
    assert.deepEqual((await sendRaw(port, [requestText("GET", "/meshes")])).statuses, [200]);
    for (const text of await Promise.all(answers)) {
      assert.match(text, /^HTTP\/1\.1 408 /);
      assert.match(text, /"type": "\/std-errors"/);
    }
    for (const socket of slow) socket.destroy();
  });

  it("lets connections go that say nothing", async () => {
    api = apiUnderTest(undefined, { requestTimeoutMs: 300 });
    const port = await listening(api);
    const idle = await Promise.all(Array.from({ length: 200 }, () => opened(port)));
    await Promise.all(idle.map((socket) => once(socket.resume(), "close")));
  });

  it("answers what one address asks too often with 429, and says when to come again", async () => {
    api = apiUnderTest(undefined, { maxRequestsPerSecond: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.app.inject({ url: "/meshes", headers: { host: "127.0.0.1" } })));
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    assert.ok(refused.length >= 10 && refused.length < 20, `${refused.length} of 20`);
    assert.equal(refused[0]?.headers["retry-after"], "1");
    assert.equal(refused[0].json<{ title: string }>().title, "Too Many Requests");
    const elsewhere = await api.app.inject({ url: "/meshes", headers: { host: "127.0.0.1" }, remoteAddress: "10.1.2.3" });
    assert.equal(elsewhere.statusCode, 200);
  });

  it("closes connections whose clients do not read their answers", async () => {
    api = apiUnderTest(undefined, { requestTimeoutMs: 300 });
    const port = await listening(api);
    const socket = await opened(port);
    socket.pause();
    const closed = new Promise<void>((resolve) => api.app.server.once("connection", (other: Socket) => other.once("close", () => resolve())));
    const deaf = await opened(port);
    deaf.pause();
    for (let i = 0; i < 2000; i++) deaf.write("GET /openapi.json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    await closed;
    for (const one of [socket, deaf]) one.destroy();
  });

  it("closes the connections that are too many, and no other", async () => {
    api = apiUnderTest(undefined, { maxConnections: 20 });
    const port = await listening(api);
    const first = await Promise.all(Array.from({ length: 20 }, () => opened(port)));
    const more = await opened(port);
    await once(more.resume(), "close");
    for (const socket of first) {
      socket.write("GET /meshes HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
      const [text] = (await once(socket, "data")) as [Buffer];
      assert.match(text.toString(), /^HTTP\/1\.1 200 /);
      socket.destroy();
    }
  });
});

function* body(first: string, part: (bytes: Buffer) => Buffer): Generator<Buffer | string> {
  yield first;
  const bytes = part(Buffer.alloc(64 * 1024, 0x20));
  for (let sent = 0; sent < hundredMegabytes; sent += 64 * 1024) yield bytes;
}
