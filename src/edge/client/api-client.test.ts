import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { kindNamed } from "../../core/policy/registry.ts";
import { createApiClient, type ApiClient } from "./api-client.ts";
import { ApiFailure } from "./api-failure.ts";
import { ConnectionFailure } from "./connection-failure.ts";

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cut the connection instead of answering. */
  readonly cut?: true;
}

describe("the client of the API", () => {
  const asked: Asked[] = [];
  let answers: Answer[] = [];
  let server: Server;
  let client: ApiClient;
  const kind = kindNamed("MeshHealthCheck")!;
  const key = { kind: "MeshHealthCheck", mesh: "de mo", name: "a/../b" };

  before(async () => {
    server = createServer((request, reply) => {
      void textOf(request).then((body) => {
        asked.push({ method: request.method ?? "", url: request.url ?? "", authorization: request.headers.authorization, body });
        const answer = answers.shift() ?? { status: 500 };
        if (answer.cut === true) request.socket.destroy();
        else reply.writeHead(answer.status, { "content-type": "application/json", ...answer.headers }).end(answer.body === undefined ? "" : JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = createApiClient({ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: "secret", timeoutMs: 5000 });
  });
  after(() => server.close());
  beforeEach(() => {
    asked.length = 0;
    answers = [];
  });

  it("follows pages to the end, by their offset", async () => {
    answers = [
      { status: 200, body: { items: [{ name: "a" }], next: "http://elsewhere:1/meshes/m/meshhealthchecks?offset=1&size=500" } },
      { status: 200, body: { items: [{ name: "b" }], next: null } },
    ];
    assert.deepEqual(await client.list(kind, "m", { "filter[labels.app]": "x=y" }), [{ name: "a" }, { name: "b" }]);
    assert.deepEqual(asked.map(({ url }) => url), [
      "/meshes/m/meshhealthchecks?filter%5Blabels.app%5D=x%3Dy&size=500",
      "/meshes/m/meshhealthchecks?filter%5Blabels.app%5D=x%3Dy&size=500&offset=1",
    ]);
  });

  it("sends the token, and names that cannot leave their place in the path", async () => {
    answers = [{ status: 404, body: { title: "x", detail: "y" } }];
    assert.equal(await client.get(key), undefined);
    assert.deepEqual(asked, [{ method: "GET", url: "/meshes/de%20mo/meshhealthchecks/a%2F..%2Fb", authorization: "Bearer secret", body: "" }]);
  });

  it("tries what is safe again, when the answer may be another in a moment", async () => {
    answers = [{ status: 503 }, { status: 0, cut: true }, { status: 200, body: { name: "a" } }];
    assert.deepEqual(await client.get(key), { name: "a" });
    assert.equal(asked.length, 3);
  });

  it("does not write twice", async () => {
    answers = [{ status: 503, body: { title: "Could not process a resource", detail: "store unavailable" } }];
    await assert.rejects(client.put(key, { type: "MeshHealthCheck" }), (error) => error instanceof ApiFailure && error.status === 503);
    answers = [{ status: 0, cut: true }];
    await assert.rejects(client.delete(key), ConnectionFailure);
    assert.equal(asked.length, 2);
  });

  for (const [status, header, outcome] of [[201, undefined, "created"], [200, undefined, "updated"], [200, "unchanged", "unchanged"]] as const) {
    it(`tells ${outcome} by status ${status}${header === undefined ? "" : " and header"}, with warnings`, async () => {
      answers = [{ status, body: { warnings: ["w"] }, headers: header === undefined ? {} : { "x-probeplane-outcome": header } }];
      assert.deepEqual(await client.put(key, { type: "MeshHealthCheck" }, { dryRun: true }), { outcome, warnings: ["w"] });
      assert.match(asked[0]!.url, /\?dryRun=true$/);
      assert.equal(asked[0]!.body, '{"type":"MeshHealthCheck"}');
    });
  }

  it("follows no redirect", async () => {
    answers = [{ status: 302, headers: { location: "http://elsewhere/" } }];
    await assert.rejects(client.get(key), (error) => error instanceof ApiFailure && error.status === 302);
    assert.equal(asked.length, 1);
  });

  it("gives up after the time that a request may take", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const impatient = createApiClient({ address: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, timeoutMs: 50 });
    await assert.rejects(impatient.get(key), /no answer within 0.05 s/);
    silent.closeAllConnections();
    silent.close();
  });

  it("says when nothing listens", async () => {
    const nobody = createApiClient({ address: "http://127.0.0.1:1", timeoutMs: 5000 });
    await assert.rejects(nobody.get(key), /^ConnectionFailure: cannot reach the control plane at http:\/\/127.0.0.1:1: nothing listens there/);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
