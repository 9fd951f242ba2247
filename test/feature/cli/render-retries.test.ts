import assert from "node:assert/strict";
import { typeUrls } from "../../../src/core/snapshot/snapshot.ts";
import { command } from "./command.ts";
import { dig } from "./dig.ts";

const mesh = [
  { type: "Mesh", name: "default" },
  { type: "Dataplane", name: "reviews-1", networking: { address: "127.0.0.2", inbound: [{ port: 80, tags: { "kuma.io/service": "reviews" } }], outbound: [{ port: 1, tags: { "kuma.io/service": "ratings" } }] } },
  { type: "Dataplane", name: "ratings-1", networking: { address: "127.0.0.3", inbound: [{ port: 80, tags: { "kuma.io/service": "ratings", "kuma.io/protocol": "http" } }] } },
];

const guide = ["connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes"];

/** A MeshRetry that says what the guide's sidecars do. */
function retryOf(retryOn: readonly (string | number)[]): object {
  const http = { numRetries: 2, retryOn, hostSelection: [{ predicate: "OmitPreviousHosts" }], hostSelectionMaxAttempts: 5 };
  const to = [{ targetRef: { kind: "MeshService", name: "ratings" }, default: { http } }];
  return { type: "MeshRetry", name: "ratings", spec: { targetRef: { kind: "Mesh" }, to } };
}

/** What Envoy gets for requests to ratings, without timeouts: these are another policy's. */
async function render(documents: readonly object[], ...args: readonly string[]): Promise<{ readonly routes: readonly unknown[]; readonly err: string }> {
  const input = [...mesh, ...documents].map((document) => JSON.stringify(document)).join("\n---\n");
  const { status, out, err } = await command(["render", "-f", "-", "--dataplane", "reviews-1", "--type", "rds", "-o", "json", ...args], input);
  assert.equal(status, 0, err);
  const routes = dig(JSON.parse(out), "xds", typeUrls.route, "outbound:ratings", "virtualHosts", 0, "routes") as readonly { match: unknown; route: object }[];
  return { routes: routes.map(({ match, route }) => ({ match, route: withoutTimeouts(route) })), err };
}

function withoutTimeouts(route: object): object {
  return Object.fromEntries(Object.entries(route).filter(([name]) => name !== "timeout" && name !== "idleTimeout"));
}

/** A policy that says nothing of HTTP. */
const tcpAlone = { type: "MeshRetry", name: "ratings", spec: { to: [{ targetRef: { kind: "MeshService", name: "ratings" }, default: { tcp: { maxConnectAttempt: 2 } } }] } };

const previousHosts = {
  retryHostPredicate: [{
    name: "envoy.retry_host_predicates.previous_hosts",
    typedConfig: { "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate" },
  }],
  hostSelectionRetryMaxAttempts: "5",
};

function anyRequest(retryOn: string): unknown {
  const retryPolicy = { retryOn, numRetries: 2, ...previousHosts, retriableStatusCodes: [503] };
  return [{ match: { prefix: "/" }, route: { cluster: "ratings", retryPolicy } }];
}

describe("probeplane render, retries", () => {
  it("gives the guide's default policy field by field, and says what it does not see", async () => {
    const { routes, err } = await render([retryOf([...guide, 503])]);
    assert.deepEqual(routes, anyRequest("connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes"));
    const { routes: bySetting } = await render([], "--retries-default", "all-methods");
    assert.deepEqual(bySetting, routes);
    assert.equal(err, "");
    assert.match((await validated(retryOf([...guide, 503]))), /retryOn: 503 is looked for in answers, and not seen where this proxy makes the status itself/);
  });

  it("gives the guide's remedy, `reset,503`, field by field, and says what it repeats", async () => {
    const { routes } = await render([retryOf([...guide, "reset", "503"])]);
    assert.deepEqual(routes, anyRequest("connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes,reset"));
    assert.match(await validated(retryOf([...guide, "reset", "503"])), /retryOn: reset tries a request that is not idempotent \(POST, PATCH\) again/);
  });

  it("gives both where they are safe, when no policy says anything", async () => {
    const { routes } = await render([]);
    const [idempotent, others, ...more] = routes;
    assert.deepEqual(more, []);
    assert.deepEqual(idempotent, {
      match: { prefix: "/", headers: [{ name: ":method", stringMatch: { safeRegex: { regex: "GET|HEAD|OPTIONS|TRACE|PUT|DELETE" } } }] },
      route: {
        cluster: "ratings",
        retryPolicy: { retryOn: "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes,reset", numRetries: 2, ...previousHosts, retriableStatusCodes: [503] },
      },
    });
    assert.deepEqual(others, {
      match: { prefix: "/" },
      route: { cluster: "ratings", retryPolicy: { retryOn: "connect-failure,refused-stream,unavailable,cancelled", numRetries: 2, ...previousHosts } },
    });
  });

  it("gives none when the setting or a policy says so", async () => {
    const none = [{ match: { prefix: "/" }, route: { cluster: "ratings" } }];
    assert.deepEqual((await render([], "--retries-default", "none")).routes, none);
    const off = { type: "MeshRetry", name: "off", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { http: { numRetries: 0 } } }] } };
    assert.deepEqual((await render([off])).routes, none);
  });

  it("are what notices go by", async () => {
    assert.match(await validated(tcpAlone), /there is no http block; the default retries hold$/m);
    assert.match(await validated(tcpAlone, "--retries-default", "none"), /there is no http block; nothing is tried again \(`retries\.default: none`\)$/m);
  });

  it("refuses an unknown condition with the nearest known one", async () => {
    const input = [...mesh, retryOf(["reset", "conect-failure"])].map((document) => JSON.stringify(document)).join("\n---\n");
    const { status, err } = await command(["render", "-f", "-", "--dataplane", "reviews-1"], input);
    assert.equal(status, 1);
    assert.match(err, /spec\.to\[0\]\.default\.http\.retryOn\[1\]: unknown item 'conect-failure'; did you mean connect-failure\?/);
  });
});

/** What `validate` has to tell of it. */
async function validated(policy: object, ...args: readonly string[]): Promise<string> {
  const { status, out, err } = await command(["validate", "-f", "-", ...args], [...mesh, policy].map((document) => JSON.stringify(document)).join("\n---\n"));
  assert.equal(status, 0, err);
  return out + err;
}
