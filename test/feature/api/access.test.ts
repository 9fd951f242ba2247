import assert from "node:assert/strict";
import type { FastifyInstance } from "fastify";
import { authenticated, type Identity } from "../../../src/core/access/identity.ts";
import { createUserAuthentication } from "../../../src/edge/access/authenticate-user.ts";
import { createHttpServer } from "../../../src/edge/api/http-server.ts";
import { serveUrl, type Access } from "../../../src/edge/api/routes.ts";
import { sendJson } from "../../../src/edge/api/reply.ts";
import { silentLog } from "../../kit/silent-log.ts";

const users: Readonly<Record<string, Identity>> = { john: authenticated("john", ["team-a"]), root: authenticated("root", ["mesh-system:admin"]) };

function serverWith(loopbackIsAdmin: boolean): FastifyInstance {
  const verify = (token: string) => Promise.resolve(users[token] ?? ("expired" as const));
  const app = createHttpServer({ listenHost: "0.0.0.0", bodyLimitBytes: 1024, logger: silentLog, authenticate: createUserAuthentication({ loopbackIsAdmin, verify }) });
  for (const access of ["public", "read", "write", "admin"] as const) route(app, `/${access}`, access);
  app.get("/silent", async (_request, reply) => sendJson(reply, 200, {}));
  return app;
}

function route(app: FastifyInstance, url: string, access: Access): void {
  const handle = async (request: { readonly identity: Identity | undefined }, reply: Parameters<typeof sendJson>[0]) => sendJson(reply, 200, { name: request.identity?.name });
  serveUrl(app, url, { GET: { summary: "For a test.", access, answers: {}, handle } });
}

async function ask(app: FastifyInstance, url: string, from: string, headers: Record<string, string> = {}, method: "GET" | "PATCH" | "HEAD" = "GET") {
  return app.inject({ method, url, remoteAddress: from, headers: { host: "127.0.0.1:5681", ...headers } });
}

const urls = ["/public", "/read", "/write", "/admin", "/silent", "/nowhere"];

async function statuses(app: FastifyInstance, from: string, headers: Record<string, string> = {}): Promise<readonly number[]> {
  return await Promise.all(urls.map(async (url) => (await ask(app, url, from, headers)).statusCode));
}

describe("who may use a route", () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it("is everybody for a public one, and whoever has a token for the rest", async () => {
    const app = serverWith(true);
    assert.deepEqual(await statuses(app, "192.0.2.1"), [200, 401, 401, 401, 401, 401]);
    assert.deepEqual(await statuses(app, "192.0.2.1", bearer("john")), [200, 200, 200, 403, 403, 404]);
    assert.deepEqual(await statuses(app, "192.0.2.1", bearer("root")), [200, 200, 200, 200, 200, 404]);
  });

  it("is the administrator on this machine, unless that is turned off", async () => {
    for (const from of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
      assert.deepEqual(await statuses(serverWith(true), from), [200, 200, 200, 200, 200, 404], from);
      assert.deepEqual(await statuses(serverWith(false), from), [200, 401, 401, 401, 401, 401], from);
    }
    for (const from of ["10.127.0.1", "::ffff:10.0.0.1", "1270.0.0.1", "::2"]) assert.equal((await ask(serverWith(true), "/read", from)).statusCode, 401, from);
  });

  it("is whom the token names, also on this machine; a token of no use is refused there, too", async () => {
    const app = serverWith(true);
    assert.deepEqual((await ask(app, "/read", "127.0.0.1", bearer("john"))).json(), { name: "john" });
    assert.equal((await ask(app, "/admin", "127.0.0.1", bearer("john"))).statusCode, 403);
    for (const [authorization, detail] of [["Bearer nonsense", "expired"], ["Basic am9objpqb2hu", "not valid"], ["john", "not valid"], ["Bearer a b", "not valid"]] as const) {
      const reply = await ask(app, "/read", "127.0.0.1", { authorization });
      const { detail: said, ...rest } = reply.json<{ detail: string }>();
      assert.equal(said, `the token is ${detail}`, authorization);
      assert.deepEqual(rest, { type: "/std-errors", status: 401, title: "Unauthenticated", details: said });
      assert.equal(reply.headers["www-authenticate"], "Bearer");
    }
  });

  it("is not a page of another site in a browser on this machine", async () => {
    const app = serverWith(true);
    for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { "sec-fetch-site": "cross-site" }]) {
      assert.equal((await ask(app, "/read", "127.0.0.1", headers)).statusCode, 401, JSON.stringify(headers));
    }
    assert.equal((await ask(app, "/read", "127.0.0.1", { origin: "http://127.0.0.1:5681", "sec-fetch-site": "same-origin" })).statusCode, 200);
  });

  it("does not depend on the method, and no other method tells a stranger anything", async () => {
    const app = serverWith(true);
    for (const method of ["PATCH", "HEAD"] as const) assert.equal((await ask(app, "/read", "192.0.2.1", {}, method)).statusCode, 401, method);
    assert.equal((await ask(app, "/read", "192.0.2.1", bearer("john"), "PATCH")).statusCode, 405);
  });
});
