import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import { resourceKinds } from "../../../src/core/policy/registry.ts";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";
import { at } from "./reply-check.ts";

const methods = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"] as const;

describe("/openapi.json", () => {
  let api: ApiUnderTest;
  let document: JsonObject;
  before(async () => {
    api = apiUnderTest();
    document = (await api.request("GET", "/openapi.json")).json<JsonObject>();
  });
  after(() => api.app.close());

  const operations = (): readonly string[] =>
    Object.entries(document["paths"] as JsonObject).flatMap(([path, item]) => methods.filter((method) => at(item, method.toLowerCase()) !== undefined).map((method) => `${method} ${path}`));

  it("lists the routes that are served, and no other", async () => {
    const listed = new Set(operations().map(nameless));
    const paths = servedPaths(api.app.printRoutes({ commonPrefix: false }));
    assert.ok(paths.length > 30, paths.join("\n"));
    for (const path of paths) {
      const allowed = await allowedMethods(api, path);
      assert.deepEqual(methods.filter((method) => listed.has(`${method} ${path}`)), allowed, path);
    }
    assert.deepEqual([...listed].filter((operation) => !paths.includes(operation.split(" ")[1] ?? "")), []);
  });

  it("names every kind of resource, with the description of every field", () => {
    for (const { kind, specSchema } of resourceKinds) {
      assert.ok(operations().some((operation) => operation.startsWith("PUT ") && JSON.stringify(at(document, "paths", operation.slice(4), "put")).includes(`/${kind}"`)), kind);
      const text = JSON.stringify(at(document, "components", "schemas", kind));
      for (const description of descriptionsIn(specSchema as JsonObject)) assert.ok(text.includes(JSON.stringify(description)), `${kind}: ${description}`);
    }
  });

  it("refers only to what it has, and every schema in it is one", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? "");
    assert.ok(references.length > 20);
    for (const name of references) assert.notEqual(at(document, "components", "schemas", name), undefined, name);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const schema of schemasIn(document)) assert.ok(ajv.validateSchema(schema), ajv.errorsText());
  });

  it("declares each parameter of a path, and asks for a token wherever one is needed", () => {
    for (const [path, item] of Object.entries(document["paths"] as JsonObject)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(((at(item, "parameters") ?? []) as readonly JsonObject[]).map(({ name }) => name), inPath, path);
    }
    const open = operations().filter((operation) => {
      const [method = "", path = ""] = operation.split(" ");
      return JSON.stringify(at(document, "paths", path, method.toLowerCase(), "security")) === "[]";
    });
    assert.deepEqual(open, ["GET /", "GET /healthy", "GET /ready"]);
  });

  it("writes durations as they are written: Go's, not those of ISO 8601", () => {
    const interval = at(document, "components", "schemas", "MeshHealthCheck", "properties", "spec", "properties", "to", "items", "properties", "default", "properties", "interval");
    const pattern = new RegExp(JSON.parse(JSON.stringify(at(interval, "pattern"))) as string);
    for (const duration of ["10s", "1m30s", "1.5h", "0", "500ms", "-1s", ".5s"]) assert.match(duration, pattern);
    for (const other of ["PT10S", "10", "s", "", "1d"]) assert.doesNotMatch(other, pattern);
  });
});

/** Paths of the router's tree, in which each line is a part of a path, indented by where it hangs. */
function servedPaths(tree: string): readonly string[] {
  const parts: string[] = [];
  const paths = new Set<string>();
  for (const line of tree.split("\n")) {
    const match = /^((?:│ {3}| {4})*)(?:├── |└── )(.*?)(?: \((.*)\))?$/.exec(line);
    if (match === null) continue;
    const depth = (match[1] ?? "").length / 4;
    parts.length = depth;
    parts[depth] = match[2] ?? "";
    if (match[3] !== undefined) paths.add(parts.join("").replaceAll(/:[a-z|:]+/gi, "{}"));
  }
  return [...paths];
}

/** Parameters of a path without their names: the router has one name for all that stand in one place. */
function nameless(path: string): string {
  return path.replaceAll(/\{\w+\}/g, "{}");
}

/** Methods that are not answered with 405. */
async function allowedMethods(api: ApiUnderTest, path: string): Promise<readonly string[]> {
  const url = path.replaceAll("{}", "x");
  const answers = await Promise.all(methods.map(async (method) => ({ method, status: (await api.request(method, url)).statusCode })));
  return answers.filter(({ status }) => status !== 405).map(({ method }) => method);
}

function descriptionsIn(schema: JsonValue): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = at(schema, "description");
  return [...(typeof own === "string" ? [own] : []), ...Object.values(schema).flatMap(descriptionsIn)];
}

function schemasIn(value: JsonValue): readonly JsonObject[] {
  if (typeof value !== "object" || value === null) return [];
  const own = at(value, "schema");
  return [...(typeof own === "object" ? [own as JsonObject] : []), ...Object.values(value).flatMap(schemasIn)];
}
