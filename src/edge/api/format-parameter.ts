import type { FastifyRequest } from "fastify";
import type { JsonObject } from "../../core/base/json.ts";
import type { Resource } from "../../core/model/resource.ts";
import { formatKubernetesObject } from "../../core/policy/format-kubernetes.ts";
import { formatResource } from "../../core/policy/parse-resource.ts";
import { invalidQuery, queryOf } from "./inspected.ts";
import type { Parameter } from "./routes.ts";

const formats = ["universal", "kubernetes", "k8s"] as const;

export const formatParameters: Readonly<Record<string, Parameter>> = {
  format: { description: "`kubernetes` (or `k8s`): as an object for kubectl.", schema: { enum: formats, default: "universal" } },
  namespace: { description: "For the Kubernetes form: the namespace of a resource that is in none. Default: kuma-system." },
};

/** A resource in the form that the request asks for; 400 when nobody knows that form. */
export function formatted(resource: Resource, request: FastifyRequest): JsonObject {
  return isKubernetesAsked(request) ? formatKubernetesObject(resource, queryOf(request).get("namespace") ?? undefined) : formatResource(resource);
}

export function isKubernetesAsked(request: FastifyRequest): boolean {
  const format = queryOf(request).get("format") ?? "universal";
  if (!(formats as readonly string[]).includes(format)) throw invalidQuery("format", `has to be universal or kubernetes, not ${JSON.stringify(format)}`);
  return format !== "universal";
}
