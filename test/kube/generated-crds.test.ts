import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { definedKinds, fileName, formatDefinition } from "../../scripts/crds/definition.ts";
import { root } from "../../scripts/lib/root.mjs";

const folder = path.join(root, "crds");

describe("crds/", () => {
  it("is what the schemas give (npm run generate)", async () => {
    const files = Object.fromEntries(await Promise.all((await readdir(folder)).map(async (name) => [name, await readFile(path.join(folder, name), "utf8")] as const)));
    assert.deepEqual(files, Object.fromEntries(definedKinds.map((kind) => [fileName(kind), formatDefinition(kind)])));
  });

  for (const kind of definedKinds) {
    it(`gives ${kind.kind} no default, which would change how policies merge, and says of each field what it means`, () => {
      const definition = parse(formatDefinition(kind)) as { readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] } };
      const schema = definition.spec.versions[0]?.schema.openAPIV3Schema;
      assert.ok(schema?.properties !== undefined);
      assert.deepEqual(wrongIn(schema, ""), []);
    });
  }
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

function wrongIn(schema: Schema, at: string): readonly string[] {
  const own = "default" in schema ? [`${at} has a default`] : [];
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${at}.${name}`;
    return [...(field.description === undefined && path !== ".metadata" ? [`${path} says nothing`] : []), ...wrongIn(field, path)];
  });
  const below = [schema.items, schema.additionalProperties].flatMap((each) => (each === undefined ? [] : wrongIn(each, `${at}[]`)));
  return [...own, ...fields, ...below];
}
