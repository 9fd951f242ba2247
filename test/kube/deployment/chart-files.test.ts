import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { chartFiles } from "../../../scripts/lib/chart/chart-files.ts";
import { crdFiles } from "../../../scripts/lib/chart/crd-files.ts";
import { chartFolder, chartValues, readValuesSchema, type ValueSchema } from "../../../scripts/lib/chart/values-schema.ts";
import { root } from "../../../scripts/lib/root.mjs";

function textOf(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}

/** Groups of values, by their path. */
function groups(schema: ValueSchema, name = ""): readonly (readonly [string, ValueSchema])[] {
  if (schema.properties === undefined) return [];
  return [[name, schema], ...Object.entries(schema.properties).flatMap(([key, inner]) => groups(inner, `${name}.${key}`))];
}

describe("the chart's files", () => {
  const schema = readValuesSchema();

  it("are what `npm run generate` makes of the schema of its values, of crds/ and of the dashboard", () => {
    const files = chartFiles();
    assert.ok(Object.keys(files).length >= 7);
    for (const [file, text] of Object.entries(files)) assert.equal(textOf(file), text, `${file} is not what npm run generate makes`);
  });

  it("have every kind of crds/, and no other", () => {
    assert.deepEqual(readdirSync(path.join(chartFolder, "files", "crds")).sort(), crdFiles().map(({ name }) => name));
  });

  it("are of the version that package.json names", () => {
    const { version } = JSON.parse(textOf("package.json")) as { readonly version: string };
    const chart = parse(textOf("deploy/helm/probeplane/Chart.yaml")) as Readonly<Record<string, unknown>>;
    assert.deepEqual([chart["version"], chart["appVersion"]], [version, version]);
  });

  it("describe every value, and refuse those that are not there", () => {
    assert.ok(chartValues(schema).length > 50);
    assert.deepEqual(chartValues(schema).filter(({ schema: { description } }) => description === undefined).map(({ name }) => name), []);
    assert.deepEqual(groups(schema).filter(([, group]) => !("additionalProperties" in group)).map(([name]) => name), []);
  });

  it("have every value that docs/kubernetes.md sets or names", () => {
    const page = textOf("docs/kubernetes.md");
    const set = [...page.matchAll(/--set ([^\s`]+)/g)].flatMap(([, list = ""]) => list.split(",").map((each) => each.replace(/=.*/, "")));
    const named = [...page.matchAll(/`((?:certManager|serviceMonitor|prometheusRule|dashboard|crds|config)(?:\.\w+)+)/g)].map(([, name = ""]) => name);
    assert.ok(set.length > 4 && named.length > 4);
    const at = (name: string): unknown => name.split(".").reduce<ValueSchema | undefined>((above, key) => above?.properties?.[key], schema);
    assert.deepEqual([...set, ...named].filter((name) => at(name) === undefined), []);
  });

  it("have defaults that fit their own schema", () => {
    const check = new Ajv({ strict: false, allErrors: true }).compile(schema);
    assert.ok(check(parse(textOf("deploy/helm/probeplane/values.yaml"))), JSON.stringify(check.errors));
    assert.equal(check({ replicas: 0 }), false);
  });
});
