import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../root.mjs";
import { optionProperties } from "./options-schema.ts";

/** Where the chart is, in the checkout. */
export const chartFolder = path.join(root, "deploy", "helm", "probeplane");

/** One entry of values.schema.json: a group of values, or a value with its description and default. */
export interface ValueSchema {
  readonly type: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
}

/** A value that users of the chart may set. */
export interface ChartValue {
  /** `webhook.failurePolicy` */
  readonly name: string;
  readonly path: readonly string[];
  readonly schema: ValueSchema;
}

/** values.schema.json: the one place where the chart's values are written; the options in `config` come from the table of the command. */
export function readValuesSchema(): ValueSchema {
  const schema = JSON.parse(readFileSync(path.join(chartFolder, "values.schema.json"), "utf8")) as ValueSchema;
  const config: ValueSchema = { ...schema.properties?.["config"], type: "object", additionalProperties: false, properties: optionProperties() };
  return { ...schema, properties: { ...schema.properties, config } };
}

/** Values that stand together; one with a default is a value itself, whatever it consists of. */
export function isGroup(schema: ValueSchema): boolean {
  return schema.properties !== undefined && schema.default === undefined;
}

/** All values in the order of the schema; a value without a default (Helm's `global`) is none of ours. */
export function chartValues(schema: ValueSchema = readValuesSchema(), above: readonly string[] = []): readonly ChartValue[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const here = [...above, key];
    if (isGroup(inner)) return chartValues(inner, here);
    return inner.default === undefined ? [] : [{ name: here.join("."), path: here, schema: inner }];
  });
}
