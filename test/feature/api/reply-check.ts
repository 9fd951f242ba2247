import { Ajv2020 } from "ajv/dist/2020.js";
import type { ValidateFunction } from "ajv/dist/2020.js";
import type { JsonObject, JsonValue } from "../../../src/core/base/json.ts";
import { pathOf } from "../../../src/edge/api/openapi/document.ts";

/** A reply as it went over the wire. */
export interface Reply {
  readonly method: string;
  /** The route's URL, parameters as the router writes them. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Says what of a reply the OpenAPI document does not allow; undefined: nothing. */
export type ReplyCheck = (reply: Reply) => string | undefined;

/** Holds replies against a document. Here no object may have a field that the document does not name; clients are told to expect more. */
export function createReplyCheck(document: JsonObject): ReplyCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: "document", ...(closed(moved(document["components"] ?? {})) as JsonObject) });
  const compiled = new Map<string, ValidateFunction>();
  return ({ method, url, status, contentType, body }) => {
    const name = `${method} ${pathOf(url)} ${status}`;
    const responses = at(document, "paths", pathOf(url), method.toLowerCase(), "responses");
    if (responses === undefined) return `${name}: the document has no such operation`;
    const response = at(responses, String(status)) ?? (status >= 400 ? at(responses, "default") : undefined);
    if (response === undefined) return `${name}: the document has no such answer`;
    const described = at(response, "content", contentType.replace(/;.*$/, ""));
    if (described === undefined) return `${name}: the document has no such answer of type ${contentType}`;
    if (!contentType.startsWith("application/json")) return undefined;
    const check = compiled.get(name) ?? ajv.compile(closed(moved(at(described, "schema") ?? true)) as JsonObject);
    compiled.set(name, check);
    return check(JSON.parse(body)) ? undefined : `${name}: ${ajv.errorsText(check.errors)} in ${body.slice(0, 2000)}`;
  };
}

/** What stands at a path of names; undefined where there is none. */
export function at(value: JsonValue | undefined, ...names: readonly string[]): JsonValue | undefined {
  return names.reduce<JsonValue | undefined>((inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined), value);
}

/** References as they are from outside the document. */
function moved(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/components/', '"document#/')) as JsonValue;
}

function closed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(closed);
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]));
  return isObject(value["properties"]) && value["type"] === "object" && !Object.hasOwn(value, "additionalProperties") ? { ...inner, additionalProperties: false } : inner;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
