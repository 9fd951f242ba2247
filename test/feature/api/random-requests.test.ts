import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../../src/core/base/json.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";
import { createRandom, type Random } from "./random.ts";
import { randomRequest, type RandomRequest } from "./random-request.ts";

const requests = 1000;

/** `PROBEPLANE_TEST_SEED=…` runs the same requests again. */
const seed = Number(process.env["PROBEPLANE_TEST_SEED"] ?? randomInt(2 ** 31));

describe(`${requests} random requests (PROBEPLANE_TEST_SEED=${seed})`, () => {
  let api: ApiUnderTest;
  let random: Random;
  let port = 0;
  const agent = new Agent({ keepAlive: true });

  const ask = ({ method, url, body, headers }: RandomRequest): Promise<{ readonly status: number; readonly text: string }> =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const sent = request({ agent, host: "127.0.0.1", port, method, path: url, headers: { ...headers, ...length } }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("end", () => resolve({ status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  before(async () => {
    api = apiUnderTest();
    random = createRandom(seed);
    await api.put("/meshes/default", { type: "Mesh", name: "default" });
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    port = (api.app.server.address() as AddressInfo).port;
  });
  after(async () => {
    agent.destroy();
    await api.app.close();
  });

  it("are each answered as documented, none with 500", async () => {
    const { paths } = (await api.request("GET", "/openapi.json")).json<{ paths: Readonly<Record<string, JsonObject>> }>();
    const operations = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));
    const served = operations.filter((operation) => !operation.startsWith("PARAMETERS "));
    const statuses = new Map<number, number>();
    for (let i = 0; i < requests; i++) {
      // It may be deleted at any time.
      if (i % 50 === 0) await api.put("/meshes/default", { type: "Mesh", name: "default" });
      const asked = randomRequest(random, served);
      const { status, text } = await ask(asked);
      assert.ok(status < 500 || status === 503, `request ${i}: ${JSON.stringify(asked)}: ${status} ${text}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    assert.deepEqual(api.wrongReplies, []);
    // Enough of them came through to matter.
    for (const status of [200, 201, 400, 404, 405, 415]) assert.ok((statuses.get(status) ?? 0) > 0, `no ${status} among ${JSON.stringify([...statuses])}`);
    assert.equal((await api.request("GET", "/meshes")).statusCode, 200);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
