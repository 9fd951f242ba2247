import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import { createCredentials } from "./credentials.ts";
import { kubeKinds } from "./kinds.ts";
import { createKubeClient } from "./kube-client.ts";
import { KubeError } from "./kube-error.ts";
import type { KubeClient, WatchEvent } from "./port.ts";

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const pod: KubeObject = { metadata: { name: "web-1", namespace: "shop" } };

describe("the client of the Kubernetes API", () => {
  let server: Server;
  let client: KubeClient;
  let asked: Asked[];
  let reads: boolean[];
  let answer: (request: Asked, response: ServerResponse) => void;

  beforeEach(async () => {
    asked = [];
    reads = [];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
        asked.push(one);
        answer(one, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const credentials = createCredentials({
      server: `http://127.0.0.1:${port}`,
      namespace: "own",
      read: (refused) => {
        reads.push(refused);
        return Promise.resolve({ headers: { authorization: `Bearer token-${reads.length}` }, tls: {} });
      },
    });
    client = createKubeClient(credentials, { timeoutMs: 300 });
  });
  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function says(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
    answer = (_, response) => response.writeHead(status, headers).end(typeof value === "string" ? value : JSON.stringify(value));
  }

  it("names kinds, namespaces, selections and subresources in paths as the API has them", async () => {
    says(200, { metadata: { resourceVersion: "7", continue: "more" }, items: [pod] });
    const page = await client.list(kubeKinds.pod, { namespace: "shop", labelSelector: "app in (a,b)", fieldSelector: "status.phase!=Failed", limit: 2, continueToken: "x y" });
    assert.deepEqual(page, { items: [pod], resourceVersion: "7", continueToken: "more" });
    await client.get(kubeKinds.lease, { name: "l", namespace: "own" });
    await client.get(kubeKinds.namespace, { name: "shop" });
    await client.patch(kubeKinds.pod, { name: "web-1", namespace: "shop" }, [{ op: "remove", path: "/x" }], { type: "json", subresource: "status", dryRun: true });
    await client.patch(kubeKinds.pod, { name: "web-1", namespace: "shop" }, {}, { type: "apply", force: true, fieldManager: "me" });
    await client.create(kubeKinds.pod, {}, pod);
    await client.create(kubeKinds.serviceAccount, { name: "sa", namespace: "shop" }, pod, { subresource: "token" });
    assert.deepEqual(asked.map(({ method, url }) => `${method} ${url}`), [
      "GET /api/v1/namespaces/shop/pods?labelSelector=app%20in%20(a%2Cb)&fieldSelector=status.phase!%3DFailed&limit=2&continue=x%20y",
      "GET /apis/coordination.k8s.io/v1/namespaces/own/leases/l",
      "GET /api/v1/namespaces/shop",
      "PATCH /api/v1/namespaces/shop/pods/web-1/status?fieldManager=probeplane&dryRun=All",
      "PATCH /api/v1/namespaces/shop/pods/web-1?fieldManager=me&force=true",
      "POST /api/v1/namespaces/shop/pods?fieldManager=probeplane",
      "POST /api/v1/namespaces/shop/serviceaccounts/sa/token?fieldManager=probeplane",
    ]);
    assert.deepEqual(asked.slice(3, 5).map(({ headers }) => headers["content-type"]), ["application/json-patch+json", "application/apply-patch+yaml"]);
    assert.deepEqual(JSON.parse(asked[5]?.body ?? ""), { apiVersion: "v1", kind: "Pod", ...pod });
    assert.equal(asked[0]?.headers["user-agent"], "probeplane");
  });

  it("rejects with what the server says: status, reason, causes and how long to wait", async () => {
    const causes = [{ reason: "FieldValueInvalid", field: "spec.to", message: "no" }];
    says(422, { kind: "Status", code: 422, reason: "Invalid", message: "spec.to: no", details: { causes, retryAfterSeconds: 3 } });
    await assert.rejects(client.get(kubeKinds.pod, { name: "x", namespace: "shop" }), (error: unknown) => {
      assert.ok(error instanceof KubeError);
      assert.deepEqual([error.status, error.reason, error.message, error.retryAfterMs, error.causes], [422, "Invalid", "spec.to: no", 3_000, causes]);
      return true;
    });
    says(429, "Too many requests, please try again later.", { "retry-after": "1" });
    await assert.rejects(client.list(kubeKinds.pod), { status: 429, reason: "TooManyRequests", retryAfterMs: 1_000, message: "GET /api/v1/pods: HTTP 429: Too many requests, please try again later." });
  });

  it("rejects what cannot come from the API server", async () => {
    says(200, "<html>Sign in</html>");
    await assert.rejects(client.list(kubeKinds.pod), { name: "KubeError", status: 0, message: "the API server's answer is no JSON: <html>Sign in</html>" });
    says(200, "null");
    await assert.rejects(client.get(kubeKinds.pod, { name: "x" }), { name: "KubeError", status: 0, message: "the API server's answer is no object: null" });
  });

  it("reads its credentials anew when they are refused, once", async () => {
    answer = ({ headers }, response) => response.writeHead(headers.authorization === "Bearer token-1" ? 401 : 200).end(JSON.stringify(pod));
    await client.get(kubeKinds.pod, { name: "x" });
    assert.deepEqual(reads, [false, true]);
    says(401, { kind: "Status", code: 401, message: "Unauthorized" });
    await assert.rejects(client.get(kubeKinds.pod, { name: "x" }), { status: 401 });
    assert.equal(asked.length, 4);
  });

  it("deletes only what is meant, and says when there is none", async () => {
    says(200, {});
    assert.equal(await client.delete(kubeKinds.pod, { name: "x", namespace: "shop" }, { uid: "u", resourceVersion: "7" }), true);
    assert.deepEqual((JSON.parse(asked[0]?.body ?? "") as { readonly preconditions: unknown }).preconditions, { uid: "u", resourceVersion: "7" });
    says(404, { kind: "Status", code: 404 });
    assert.equal(await client.delete(kubeKinds.pod, { name: "x", namespace: "shop" }), false);
  });

  it("does not wait for ever: for an answer, for the rest of one, for anybody at all", async () => {
    answer = () => undefined;
    await assert.rejects(client.get(kubeKinds.pod, { name: "x" }), { status: 0, reason: "Unreachable", message: "no answer within 0.3 s" });
    answer = (_, response) => response.writeHead(200).write("{");
    await assert.rejects(client.get(kubeKinds.pod, { name: "x" }), { status: 0, message: "no answer within 0.3 s" });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(client.get(kubeKinds.pod, { name: "x" }), (error: unknown) => error instanceof KubeError && error.status === 0 && error.message.includes("ECONNREFUSED"));
  });

  it("asks again on a connection that had ended before", async () => {
    says(200, pod);
    await client.get(kubeKinds.pod, { name: "x" });
    let connections = 0;
    server.on("connection", () => connections++);
    server.closeAllConnections();
    await client.patch(kubeKinds.pod, { name: "x", namespace: "shop" }, {});
    assert.equal(connections, 1);
  });

  it("watches until the server ends it, whatever pieces the tellings come in", async () => {
    const events: WatchEvent<KubeObject>[] = [];
    let opened = 0;
    const line = (type: string, name: string): string => `${JSON.stringify({ type, object: { metadata: { name, namespace: "ü" } } })}\n`;
    const text = Buffer.from(line("ADDED", "a") + line("MODIFIED", "b") + line("BOOKMARK", "c"));
    answer = (_, response) => {
      response.writeHead(200);
      const cut = text.indexOf("ü") + 1;
      response.write(text.subarray(0, cut));
      setTimeout(() => response.end(text.subarray(cut)), 20);
    };
    await client.watch(kubeKinds.pod, { resourceVersion: "5", signal: new AbortController().signal, onOpen: () => opened++, onEvents: (list) => events.push(...list) });
    assert.deepEqual(events.map(({ type, object }) => `${type} ${object.metadata.namespace ?? ""}/${object.metadata.name}`), ["ADDED ü/a", "MODIFIED ü/b", "BOOKMARK ü/c"]);
    assert.equal(opened, 1);
    assert.match(asked[0]?.url ?? "", /^\/api\/v1\/pods\?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=\d+$/);
  });

  it("rejects a watch with the error in it, with a connection that broke, and with an answer that is none", async () => {
    const signal = new AbortController().signal;
    const watch = () => client.watch(kubeKinds.pod, { resourceVersion: "5", signal, onEvents: () => undefined });
    says(200, `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" } })}\n`);
    await assert.rejects(watch(), { status: 410, reason: "Expired" });
    answer = (_, response) => {
      response.writeHead(200).write("\n", () => response.destroy());
    };
    await assert.rejects(watch(), { status: 0, reason: "Unreachable" });
    says(200, "<html>\n");
    await assert.rejects(watch(), { status: 0, message: "the API server's telling is no JSON" });
  });

  it("ends a watch without a word when that is asked for, and everything when it is closed", async () => {
    answer = (_, response) => response.writeHead(200).write("\n");
    const abort = new AbortController();
    let opened = 0;
    const watch = (signal: AbortSignal) => client.watch(kubeKinds.pod, { resourceVersion: "5", signal, onOpen: () => opened++, onEvents: () => undefined });
    const one = watch(abort.signal);
    await waitUntil("it is open", () => opened === 1);
    abort.abort();
    await one;
    const other = assert.rejects(watch(new AbortController().signal), { status: 0 });
    await waitUntil("it is open", () => opened === 2);
    await client.close();
    await other;
    await assert.rejects(client.get(kubeKinds.pod, { name: "x" }), { reason: "Closed" });
  });
});
