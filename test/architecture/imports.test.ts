import assert from "node:assert/strict";
import { layers } from "../../scripts/lib/layers.mjs";
import { importsOf, layerOf, repositoryFiles } from "./tree.ts";
import type { ImportOf } from "./tree.ts";

const sources = repositoryFiles().filter((file) => /^src\/.*\.ts$/.test(file));
const production = sources.filter((file) => !file.endsWith(".test.ts"));
const imports = production.flatMap(importsOf);

function crossing(): readonly (ImportOf & { readonly layer: string; readonly of: string })[] {
  return imports.flatMap((found) => {
    const layer = layerOf(found.from);
    const of = found.target === undefined ? undefined : layerOf(found.target);
    return layer === undefined || of === undefined || layer === of ? [] : [{ ...found, layer, of }];
  });
}

describe("the imports of src", () => {
  it("were seen: many files, of every layer that has any, with the imports that everyone knows are there", () => {
    assert.ok(production.length > 80, `only ${production.length} files found`);
    for (const layer of ["core/base", "core/model", "core/policy", "core/match", "core/translate", "core/snapshot", "core/session", "edge/serve", "main"]) {
      assert.ok(production.some((file) => layerOf(file) === layer), `no file of ${layer} found`);
    }
    assert.ok(crossing().some(({ layer, of }) => layer === "core/match" && of === "core/model"), "core/match is known to import core/model");
    assert.ok(imports.some(({ from, specifier }) => from.startsWith("src/edge/serve/") && specifier === "@grpc/grpc-js"), "the server is known to import grpc-js");
  });

  it("lead to files that are there", () => {
    const missing = imports.filter(({ target }) => target !== undefined && !sources.includes(target) && !target.startsWith("package.json"));
    assert.deepEqual(missing.map(({ from, specifier }) => `${from}: ${specifier}`), []);
  });

  it("come from a layer of the table", () => {
    assert.deepEqual(production.filter((file) => layerOf(file) === undefined), []);
  });

  it("go only where the table allows", () => {
    const wrong = crossing().filter(({ layer, of }) => !(layers[layer] ?? []).includes(of));
    assert.deepEqual(wrong.map(({ from, specifier }) => `${from}: ${specifier}`), []);
  });

  it("keep core pure: no module of Node's, no streams, no server, no store", () => {
    const allowed = /^(immutable|ajv(\/.*)?|yaml|@noble\/hashes\/.*|@bufbuild\/protobuf(\/.*)?)$/;
    const wrong = imports.filter(({ from, target, specifier }) => from.startsWith("src/core/") && target === undefined && !allowed.test(specifier));
    assert.deepEqual(wrong.map(({ from, specifier }) => `${from}: ${specifier}`), []);
  });

  it("run in no circle within core", () => {
    assert.deepEqual(circles(imports.filter(({ from }) => from.startsWith("src/core/"))), []);
  });
});

/** Files that import themselves by way of others. */
function circles(edges: readonly ImportOf[]): readonly string[] {
  const next = new Map<string, string[]>();
  for (const { from, target } of edges) {
    if (target !== undefined) next.set(from, [...(next.get(from) ?? []), target]);
  }
  const done = new Set<string>();
  const found: string[] = [];
  function visit(file: string, way: readonly string[]): void {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(" → "));
    if (way.includes(file) || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...way, file]);
    done.add(file);
  }
  for (const file of next.keys()) visit(file, []);
  return found;
}
