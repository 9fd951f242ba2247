import assert from "node:assert/strict";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { applyChanges, changesTo, emptyWorld } from "../../../src/core/model/apply-changes.ts";
import { keyText, type ResourceKey } from "../../../src/core/model/resource.ts";
import type { World } from "../../../src/core/model/world.ts";
import { defaultCompatibility } from "../../../src/core/policy/compatibility.ts";
import { admin } from "../../../src/core/access/identity.ts";
import { createTokenIssuer } from "../../../src/edge/access/issue-token.ts";
import { createKeyRing } from "../../../src/edge/access/key-ring.ts";
import { createApiServer, type ApiServerOptions } from "../../../src/edge/api/api-server.ts";
import type { ApiContext } from "../../../src/edge/api/context.ts";
import type { ConnectedProxy, PipelineView, StandingRejection } from "../../../src/edge/pipeline/port.ts";
import { createMemoryStore } from "../../../src/edge/source/memory/memory-store.ts";
import type { Store } from "../../../src/edge/source/port.ts";
import { readDocuments } from "../../../src/edge/source/read-documents.ts";
import { createReplyCheck, type ReplyCheck } from "./reply-check.ts";

export interface ApiUnderTest {
  readonly app: FastifyInstance;
  readonly store: Store;
  /** What proxies refuse, by the key of the resource it is told to. */
  readonly rejections: Map<string, readonly StandingRejection[]>;
  /** The streams of proxies that are open. */
  readonly connected: ConnectedProxy[];
  /** Replies that the OpenAPI document does not allow; `request` looks itself. */
  readonly wrongReplies: string[];
  request(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  put(url: string, body: unknown): Promise<LightMyRequestResponse>;
}

type Limits = Pick<ApiServerOptions, "bodyLimitBytes" | "requestTimeoutMs" | "maxConnections" | "maxRequestsPerSecond" | "authenticate">;

/** Parts to replace; undefined takes one away. */
type Changes = { readonly [Part in keyof ApiContext]?: ApiContext[Part] | undefined };

/** The whole API over a store in memory, without sockets. `change` replaces parts of what it is given. */
export function apiUnderTest(change: () => Changes = () => ({}), limits: Limits = {}): ApiUnderTest {
  const store = createMemoryStore();
  const rejections = new Map<string, readonly StandingRejection[]>();
  const connected: ConnectedProxy[] = [];
  const view = viewOf(store, rejections, connected);
  const identity = { product: "probeplane", version: "1.2.3", hostname: "host", instanceId: "host-1a2b", clusterId: "c0ffee" };
  const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  const base: ApiContext = {
    resources: store,
    writer: store,
    view,
    tokens: createTokenIssuer(createKeyRing(store, async ({ kind, mesh }) => kind === "GlobalSecret" || (await store.get({ kind: "Mesh", mesh: "", name: mesh })) !== undefined)),
    compatibility: defaultCompatibility,
    identity,
    configuration: { store: "memory" },
    logger: silent,
    readDocuments,
  };
  const app = createApiServer({ context: { ...base, ...change() } as ApiContext, listenHost: "127.0.0.1", authenticate: () => Promise.resolve(admin), ...limits });
  const wrongReplies = checkReplies(app);
  const request: ApiUnderTest["request"] = async (method, url, body, headers = {}) => {
    const payload = body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) };
    const all = { host: "127.0.0.1:5681", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers };
    await ensureReplyCheck(app);
    const answer = await app.inject({ method: method as "GET", url, headers: all, ...payload });
    assert.deepEqual(wrongReplies.splice(0), []);
    return answer;
  };
  return { app, store, rejections, connected, wrongReplies, request, put: (url, body) => request("PUT", url, body) };
}

/** The same for every server: made once, of the document that one of them serves. */
let replyCheck: ReplyCheck | undefined;

/** Holds every reply against the document that the API itself serves. The list is of those that do not fit. */
function checkReplies(app: FastifyInstance): string[] {
  const wrong: string[] = [];
  app.addHook("onSend", (request, reply, payload, done) => {
    const { url, config } = request.routeOptions;
    if (replyCheck !== undefined && config.operation !== undefined && url !== undefined && request.method !== "HEAD") {
      const body = Buffer.isBuffer(payload) ? payload.toString() : String(payload);
      const found = replyCheck({ method: request.method, url, status: reply.statusCode, contentType: String(reply.getHeader("content-type")), body });
      if (found !== undefined) wrong.push(found);
    }
    done(null, payload);
  });
  return wrong;
}

async function ensureReplyCheck(app: FastifyInstance): Promise<void> {
  replyCheck ??= createReplyCheck((await app.inject({ url: "/openapi.json", headers: { host: "127.0.0.1" } })).json());
}

function viewOf(store: Store, rejections: ReadonlyMap<string, readonly StandingRejection[]>, connected: readonly ConnectedProxy[]): PipelineView {
  let world: World = emptyWorld;
  store.events.subscribe((event) => {
    if (event.type === "state") world = applyChanges(emptyWorld, changesTo(emptyWorld, event.resources));
    else {
      const changed = event.changed.map((after) => ({ key: after, after }));
      world = applyChanges(world, [...changed, ...event.removed.map((key) => ({ key }))]);
    }
  });
  const rejectionsOf = (key: ResourceKey): readonly StandingRejection[] => rejections.get(keyText(key)) ?? [];
  return { world: () => world, ready: true, rejectionsOf, connected: () => connected, settled: () => undefined };
}
