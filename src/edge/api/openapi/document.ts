import type { JsonObject } from "../../../core/base/json.ts";
import type { Answer, Parameter, ServedOperation } from "../routes.ts";
import { componentSchemas } from "./components.ts";
import { ref, text } from "./schema.ts";

const parameterTexts: Readonly<Record<string, string>> = {
  mesh: "Name of the mesh.",
  name: "Name of the resource.",
  kri: "Resource identifier, such as `kri_msvc_demo_default__backend_80`.",
};

/** The OpenAPI 3.1 document of these operations. */
export function openApiDocument(operations: readonly ServedOperation[], version: string): JsonObject {
  const urls = [...new Set(operations.map(({ url }) => url))].sort();
  const paths = urls.map((url) => {
    const ofUrl = operations.filter((operation) => operation.url === url);
    return [pathOf(url), { ...parametersOf(url), ...Object.fromEntries(ofUrl.map((one) => [one.method.toLowerCase(), describe(one)])) }] as const;
  });
  return {
    openapi: "3.1.0",
    info: { title: "probeplane", version, description: "The HTTP API of the control plane: paths, bodies and errors are those of Kuma 2.14." },
    paths: Object.fromEntries(paths),
    components: {
      schemas: componentSchemas(),
      securitySchemes: { userToken: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "A user token." } },
    },
  };
}

/** `/meshes/:mesh` as OpenAPI writes it: `/meshes/{mesh}`. */
export function pathOf(url: string): string {
  return url.replaceAll(/:([a-z]+)/gi, "{$1}");
}

function parametersOf(url: string): JsonObject {
  const names = [...url.matchAll(/:([a-z]+)/gi)].map(([, name]) => name ?? "");
  if (names.length === 0) return {};
  return { parameters: names.map((name) => ({ name, in: "path", required: true, description: parameterTexts[name] ?? "", schema: text })) };
}

function describe({ summary, access, query = {}, headers = {}, body, answers }: ServedOperation): JsonObject {
  const parameters = [...parametersIn("query", query), ...parametersIn("header", headers)];
  return {
    summary,
    "x-access": access,
    security: access === "public" ? [] : [{ userToken: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { "application/json": { schema: body }, "application/yaml": { schema: body } } } }),
    responses: { ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])), default: errorResponse },
  };
}

function parametersIn(place: "query" | "header", parameters: Readonly<Record<string, Parameter>>): readonly JsonObject[] {
  return Object.entries(parameters).map(([name, { description, schema = text }]) => ({ name, in: place, description, schema }));
}

const errorResponse: JsonObject = { description: "What went wrong.", content: { "application/json": { schema: ref("Error") } } };

function responseOf({ description, schema, contentType = "application/json", otherTypes = {} }: Answer): JsonObject {
  if (schema === undefined) return { description };
  const types = Object.entries({ [contentType]: schema, ...otherTypes });
  return { description, content: Object.fromEntries(types.map(([type, ofType]) => [type, { schema: ofType }])) };
}
