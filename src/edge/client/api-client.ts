import { setTimeout as delay } from "node:timers/promises";
import { asArray, asObject, asString } from "../../core/base/json.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import { kindNamed } from "../../core/policy/registry.ts";
import { ApiFailure, apiFailure } from "./api-failure.ts";
import type { ApiConnection } from "./connection.ts";
import { ConnectionFailure } from "./connection-failure.ts";
import { itemPath, listPath, type Query } from "./resource-path.ts";
import { sendRequest, type ApiReply, type ApiRequest } from "./send-request.ts";

/** What came of a put. */
export interface PutAnswer {
  readonly outcome: "created" | "updated" | "unchanged";
  readonly warnings: readonly string[];
}

/** The HTTP API of one control plane. Every method throws ConnectionFailure without an answer, ApiFailure for one from 400 up. */
export interface ApiClient {
  readonly address: string;
  /** The JSON of the answer; its text where the answer is not JSON. */
  ask(request: ApiRequest): Promise<unknown>;
  /** Undefined: there is none of this name, or no such mesh. */
  get(key: ResourceKey, query?: Query): Promise<JsonObject | undefined>;
  /** All of a kind, in a mesh or everywhere, every page of them. */
  list(kind: ResourceKindDescriptor, mesh: string | undefined, query?: Query): Promise<readonly JsonObject[]>;
  /** All items of any list of the API, every page of it; `pathOf` gives its path with a query. */
  pages(pathOf: (query: Query) => string): Promise<readonly JsonObject[]>;
  /** `document` in Universal form. With `dryRun`, everything is checked and nothing is stored. */
  put(key: ResourceKey, document: JsonObject, options?: { readonly dryRun?: boolean }): Promise<PutAnswer>;
  delete(key: ResourceKey): Promise<void>;
}

/** Pauses before a safe request is tried again, in milliseconds. */
const pausesMs = [100, 400];
const temporary: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const cut: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "EAI_AGAIN"]);
const pageSize = 500;

export function createApiClient(connection: ApiConnection): ApiClient {
  const ask = async (request: ApiRequest): Promise<{ reply: ApiReply; body: unknown }> => {
    const reply = await (request.method === "GET" ? sendSafely(connection, request) : sendRequest(connection, request));
    if (reply.status >= 300) throw apiFailure(reply);
    return { reply, body: bodyOf(reply) };
  };
  const pages: ApiClient["pages"] = async (pathOf) => {
    const items: JsonObject[] = [];
    for (let offset: string | undefined = "0"; offset !== undefined; ) {
      const path = pathOf({ size: String(pageSize), ...(offset === "0" ? {} : { offset }) });
      const page = asObject((await ask({ method: "GET", path })).body);
      items.push(...((asArray(page?.["items"]) ?? []) as readonly JsonObject[]));
      offset = nextOffset(page?.["next"]);
    }
    return items;
  };
  return {
    address: connection.address,
    ask: async (request) => (await ask(request)).body,
    get: async (key, query) => {
      try {
        return asObject((await ask({ method: "GET", path: itemPath(kindOf(key), key, query) })).body) as JsonObject | undefined;
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 404) return undefined;
        throw error;
      }
    },
    list: (kind, mesh, query) => pages((page) => listPath(kind, mesh, { ...query, ...page })),
    pages,
    put: async (key, document, { dryRun = false } = {}) => {
      const query: Query = dryRun ? { dryRun: "true" } : {};
      const { reply, body } = await ask({ method: "PUT", path: itemPath(kindOf(key), key, query), body: document });
      const warnings = (asArray(asObject(body)?.["warnings"]) ?? []).filter((warning) => typeof warning === "string");
      return { outcome: outcomeOf(reply), warnings };
    },
    delete: async (key) => {
      await ask({ method: "DELETE", path: itemPath(kindOf(key), key) });
    },
  };
}

/** A request that changes nothing is tried again when the answer may be another in a moment. */
async function sendSafely(connection: ApiConnection, request: ApiRequest): Promise<ApiReply> {
  for (const pauseMs of pausesMs) {
    try {
      const reply = await sendRequest(connection, request);
      if (!temporary.has(reply.status)) return reply;
    } catch (error) {
      if (!(error instanceof ConnectionFailure) || !cut.has(error.code)) throw error;
    }
    await delay(pauseMs);
  }
  return await sendRequest(connection, request);
}

function kindOf({ kind }: ResourceKey): ResourceKindDescriptor {
  const found = kindNamed(kind);
  if (found === undefined) throw new TypeError(`there is no kind ${kind}`);
  return found;
}

/** A control plane that is not ours says only by its status whether something was new. */
function outcomeOf({ status, headers }: ApiReply): PutAnswer["outcome"] {
  return headers["x-probeplane-outcome"] === "unchanged" ? "unchanged" : status === 201 ? "created" : "updated";
}

/** Only the offset counts: behind a proxy, the host in the control plane's URL may be one that we cannot reach. */
function nextOffset(next: unknown): string | undefined {
  const query = (asString(next) ?? "").split("?")[1];
  return new URLSearchParams(query ?? "").get("offset") ?? undefined;
}

function bodyOf({ headers, text }: ApiReply): unknown {
  if (!(headers["content-type"] ?? "").includes("json")) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiFailure(502, "", "the control plane's answer is not the JSON that it claims to be; does a proxy stand between?");
  }
}
