import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { createBackOff } from "./back-off.ts";
import { BootstrapRefused, fetchBootstrap } from "./fetch-bootstrap.ts";
import { notReadyReason } from "./readiness.ts";

describe("a back-off", () => {
  it("doubles up to its longest wait, shortened by at most half, and starts anew", () => {
    const backOff = createBackOff(100, 350, () => 0);
    assert.deepEqual([backOff.next(), backOff.next(), backOff.next(), backOff.next()], [100, 200, 350, 350]);
    backOff.reset();
    assert.equal(backOff.next(), 100);
    assert.equal(createBackOff(100, 350, () => 1).next(), 50);
  });
});

describe("fetching a bootstrap", () => {
  let server: Server;
  let answers: (readonly [status: number, body: string])[];
  const asked: (string | undefined)[] = [];
  const log = createRecordingLog();

  beforeEach(async () => {
    asked.splice(0);
    server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const [status, body] = answers.shift() ?? [500, ""];
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const given = [200, JSON.stringify({ bootstrap: Buffer.from("node: {}\n").toString("base64") })] as const;
  const fetchIt = async (signal = new AbortController().signal): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    return await fetchBootstrap({ cpAddress: `http://127.0.0.1:${port}`, token: () => Promise.resolve("T"), request: { mesh: "default", name: "web" }, logger: log, signal });
  };

  it("asks again while there is no Dataplane, and while the control plane cannot", async () => {
    answers = [[404, ""], [503, "store unavailable"], given];
    assert.equal(await fetchIt(), "node: {}\n");
    assert.deepEqual(asked, ["Bearer T", "Bearer T", "Bearer T"]);
    assert.deepEqual(log.lines.map(({ message }) => message), ["no bootstrap yet: the control plane has no Dataplane of this name", "no bootstrap yet: status 503: store unavailable"]);
  });

  for (const [status, body, message] of [
    [401, "the token is not valid", /^status 401: the token is not valid$/],
    [422, "mesh: cannot be empty", /^status 422: mesh: cannot be empty$/],
    [404, "404: Page Not Found", /^status 404/],
    [200, "<html>", /is this the port for proxies/],
  ] as const) {
    it(`gives up at ${status} ${body}`, async () => {
      answers = [[status, body]];
      await assert.rejects(fetchIt(), (error) => error instanceof BootstrapRefused && message.test(error.message));
    });
  }

  it("ends when it is told to", async () => {
    answers = [];
    const ending = new AbortController();
    const fetching = fetchIt(ending.signal);
    setTimeout(() => ending.abort(), 50);
    await assert.rejects(fetching, { name: "AbortError" });
  });
});

describe("a proxy takes traffic", () => {
  const envoy = (state: string, updates: number, warming: number) => ({
    state: () => Promise.resolve(state),
    stats: () => Promise.resolve(new Map([["listener_manager.lds.update_success", updates], ["listener_manager.total_listeners_warming", warming]])),
    post: () => Promise.resolve(),
  });
  const table: readonly [state: string, updates: number, warming: number, reason: string | undefined][] = [
    ["LIVE", 1, 0, undefined],
    ["INITIALIZING", 1, 0, "Envoy is INITIALIZING"],
    ["DRAINING", 1, 0, "Envoy is DRAINING"],
    ["LIVE", 0, 0, "Envoy has no listeners yet"],
    ["LIVE", 2, 1, "listeners of Envoy are warming"],
  ];
  for (const [state, updates, warming, reason] of table) {
    it(`${state}, ${updates} updates of its listeners, ${warming} warming: ${reason ?? "yes"}`, async () => {
      assert.equal(await notReadyReason(envoy(state, updates, warming)), reason);
    });
  }

  it("not while it does not answer", async () => {
    assert.equal(await notReadyReason({ ...envoy("LIVE", 1, 0), state: () => Promise.reject(new Error("refused")) }), "Envoy does not answer");
  });
});
