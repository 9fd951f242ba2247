import { Ajv } from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";
import { parseDuration } from "./duration.ts";
import { fieldPath } from "./field-path.ts";
import { jsonTypeOf, ownField, asArray } from "./json.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Violation } from "./violation.ts";

const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
// For Kubernetes' API server alone.
ajv.addVocabulary(["rules", "kubernetes", "listMapKeys"]);
ajv.addFormat("duration", { type: "string", validate: (text: string) => parseDuration(text).ok });

/** Compiling takes milliseconds: once for each schema, when it is first needed. */
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/**
 * All that a value violates of a schema; paths relative to the value. The texts are those of the go-openapi validator that Kuma's
 * API server and Kubernetes use, so that users find what they know. Unknown names are no violation.
 */
export function checkSchema(schema: JsonSchema, value: unknown): Violation[] {
  let check = compiled.get(schema);
  if (check === undefined) compiled.set(schema, (check = ajv.compile(schema)));
  if (check(value)) return [];
  return (check.errors ?? []).map((error) => ({ path: pathOf(error, value), message: messageOf(error) }));
}

function pathOf(error: ErrorObject, root: unknown): string {
  let path = "";
  let value = root;
  for (const segment of error.instancePath.split("/").slice(1)) {
    const name = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    const list = asArray(value);
    path = fieldPath(path, list === undefined ? name : Number(name));
    value = list === undefined ? ownField(value as Record<string, unknown>, name) : list[Number(name)];
  }
  return error.keyword === "required" ? fieldPath(path, String(error.params["missingProperty"])) : path;
}

function messageOf(error: ErrorObject): string {
  const params: Readonly<Record<string, unknown>> = error.params;
  const limit = String(params["limit"]);
  switch (error.keyword) {
    case "required":
      return "in body is required";
    case "type":
      return `in body must be of type ${String(params["type"])}: ${JSON.stringify(jsonTypeOf(error.data))}`;
    case "enum":
      return `in body should be one of [${(params["allowedValues"] as readonly string[]).join(" ")}]`;
    case "minimum":
      return `in body should be greater than or equal to ${limit}`;
    case "maximum":
      return `in body should be less than or equal to ${limit}`;
    case "minLength":
      return `in body should be at least ${limit} chars long`;
    case "maxLength":
      return `in body should be at most ${limit} chars long`;
    case "maxItems":
      return `in body should have at most ${limit} items`;
    case "pattern":
      return `in body should match '${String(params["pattern"])}'`;
    case "format": {
      const parsed = parseDuration(String(error.data));
      return parsed.ok ? "in body must be a duration" : parsed.error;
    }
    default:
      return `in body ${error.message ?? error.keyword}`;
  }
}
