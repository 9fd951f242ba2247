import type { Random } from "./random.ts";

export interface RandomRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
  readonly headers: Record<string, string>;
}

const names = ["default", "web-1", "backend", "check", "nope", "..", ".", "__proto__", "constructor", "Bad_Name", "a".repeat(300), "a/b", "\u0000", "\u00e9\u{1f600}", "%", "kri_mhc_default_default__check_", "_overview", "*", " "];
const methods = ["GET", "GET", "PUT", "PUT", "PUT", "DELETE", "POST", "PATCH", "OPTIONS", "HEAD"];
const types = ["application/json", "application/json; charset=utf-8", "application/yaml", "text/plain", "application/x-www-form-urlencoded", "nonsense", ""];
const queries = ["size", "offset", "name", "filter[labels.app]", "filter[status]", "filter[x]", "tag", "gateway", "format", "namespace", "shadow", "include", "include_eds", "dry-run"];
const values = ["1", "0", "-1", "abc", "true", "false", "", "kubernetes", "universal", "diff", "web", "app:web", ":", "Online", "99999999999999999999", "%00", "a&size=2", "__proto__"];
const kinds = ["Mesh", "Dataplane", "MeshService", "MeshHealthCheck", "Secret", "GlobalSecret", "Nope"];

/** A request to one of these operations (`PUT /meshes/{name}`), or near one; most bodies are almost right. */
export function randomRequest(random: Random, operations: readonly string[]): RandomRequest {
  const name = random.once(2) ? random.pick(names) : "check";
  const mesh = random.once(4) ? random.pick(names) : "default";
  const writing = operations.filter((operation) => operation.startsWith("PUT "));
  const [known = "", template = ""] = random.pick(random.once(2) ? writing : operations).split(" ");
  const path = template.replaceAll("{mesh}", encoded(mesh)).replaceAll(/\{\w+\}/g, encoded(name));
  const method = random.once(5) ? random.pick(methods) : known;
  const contentType = random.once(4) ? random.pick(types) : "application/json";
  const conditions: Record<string, string> = random.once(6) ? { "if-match": random.pick(["*", '"2026-01-01T00:00:00.000Z"', "x", 'W/"x"']) } : {};
  const hasBody = !["GET", "HEAD"].includes(method);
  return {
    method,
    url: `${random.once(15) ? mangled(random, path) : path}${randomQuery(random)}`,
    body: hasBody ? randomBody(random, kindOf(path), mesh, name) : undefined,
    headers: { ...(hasBody ? { "content-type": contentType } : {}), ...conditions },
  };
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("..", "%2e%2e");
}

function mangled(random: Random, path: string): string {
  const at = random.below(path.length);
  return `/${path.slice(0, at)}${random.pick(["/", "//", "%2f", "%", "%zz", "..", ";", "\\", "%00"])}${path.slice(at)}`;
}

function randomQuery(random: Random): string {
  if (!random.once(3)) return "";
  const pairs = Array.from({ length: 1 + random.below(3) }, () => `${random.pick(queries)}=${random.pick(values)}`);
  return `?${pairs.join("&")}`;
}

function kindOf(path: string): string | undefined {
  return kinds.find((kind) => new RegExp(`/${kind.toLowerCase()}(s|es)/`).test(path));
}

function randomBody(random: Random, kind: string | undefined, mesh: string, name: string): string {
  const document = { type: kind ?? random.pick(kinds), mesh: random.once(6) ? random.pick(names) : mesh, name: random.once(6) ? random.pick(names) : name, ...fieldsOf(random, kind) };
  const text = JSON.stringify(random.once(2) ? spoilt(random, document) : document);
  return random.once(8) ? text.slice(0, random.below(text.length)) : text;
}

function fieldsOf(random: Random, kind: string | undefined): object {
  const to = [{ targetRef: { kind: "Mesh" }, default: random.pick([{ tcp: {} }, { http: { path: "/" } }, { interval: "x" }, {}, { interval: "10s", grpc: {} }]) }];
  switch (kind) {
    case "Dataplane":
      return { networking: { address: "127.0.0.1", inbound: [{ port: 1 + random.below(70_000), tags: { "kuma.io/service": "web" } }], outbound: [{ port: 10, tags: { "kuma.io/service": "web" } }] } };
    case "MeshService":
      return { spec: { selector: { dataplaneTags: { "kuma.io/service": "web" } }, ports: [{ port: 80, targetPort: random.below(70_000) }] } };
    case "MeshHealthCheck":
      return { spec: { to } };
    default:
      return { data: "AAAA" };
  }
}

/** One field somewhere replaced by something that nobody expects there. */
function spoilt(random: Random, value: unknown): unknown {
  const odd: readonly unknown[] = [null, 0, -1, 1e308, "", "x".repeat(2000), [], {}, [[]], true, { polluted: 1 }, "\u0000", "\ud800", { kind: "Mesh" }];
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0 || random.once(4)) return random.pick(odd);
  const field = random.pick(Object.keys(value));
  if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === field ? spoilt(random, item) : item));
  const entries = Object.entries(value).map(([name, inner]) => [name === field && random.once(5) ? "__proto__" : name, name === field ? spoilt(random, inner) : (inner as unknown)] as const);
  return Object.fromEntries(entries);
}
