import { isDeeper } from "../../core/base/depth.ts";
import { asObject } from "../../core/base/json.ts";
import type { RouteContext } from "./context.ts";
import { ApiError, badRequest } from "./errors.ts";

/** How deep objects and lists may lie in each other. No resource needs more than a dozen. */
const maxDepth = 64;

/**
 * The document in the body of a PUT: JSON, or one YAML document where the content type says so. No content type means JSON.
 * Throws 415 for any other content type, 400 for what cannot be read; a 400 names the kind, as Kuma's does.
 */
export function readBody(context: RouteContext, kind: string, contentType: string | undefined, body: unknown): Readonly<Record<string, unknown>> {
  const text = Buffer.isBuffer(body) ? body.toString("utf8") : "";
  const value = isYaml(contentType) ? readYaml(context, kind, text) : readJson(kind, text);
  const document = asObject(value);
  if (document === undefined) throw unreadable(kind, "the body must be an object");
  if (isDeeper(document, maxDepth)) throw unreadable(kind, `nested deeper than ${maxDepth} levels`);
  return document;
}

/** Throws 415 unless the content type is one that `readBody` knows. */
export function requireKnownMediaType(contentType: string | undefined): void {
  if (contentType === undefined || isYaml(contentType) || /^application\/json\s*(;|$)/i.test(contentType)) return;
  throw new ApiError(415, "Unsupported Media Type", `${JSON.stringify(contentType)}: send application/json or application/yaml`);
}

function isYaml(contentType: string | undefined): boolean {
  return contentType !== undefined && /^(application|text)\/(x-)?yaml\s*(;|$)/i.test(contentType);
}

function readJson(kind: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw unreadable(kind, reason.charAt(0).toLowerCase() + reason.slice(1));
  }
}

function readYaml(context: RouteContext, kind: string, text: string): unknown {
  const [document, ...others] = context.readDocuments(text, "body");
  if (document === undefined || others.length > 0) throw unreadable(kind, `the body must be one document, not ${others.length + (document ? 1 : 0)}`);
  if (document.ok) return document.value;
  throw unreadable(kind, document.violations.map(({ message }) => message).join("; "));
}

function unreadable(kind: string, reason: string): ApiError {
  return badRequest(`invalid ${kind} object: ${JSON.stringify(reason)}`);
}
