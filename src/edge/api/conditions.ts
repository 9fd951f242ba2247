import type { FastifyRequest } from "fastify";
import type { Resource } from "../../core/model/resource.ts";
import { ApiError, badRequest } from "./errors.ts";
import type { Parameter } from "./routes.ts";

/** What a store has to find for a write to be made. */
export interface Expectation {
  readonly expectedModificationTime?: string;
}

/** Headers of writes, for the document. */
export const conditionHeaders: Readonly<Record<string, Parameter>> = {
  "If-Match": { description: "The `ETag` of an earlier answer, or `*` for a resource that is there: 409 when somebody else has written since." },
  "If-None-Match": { description: "`*`: only when there is no such resource yet, else 409." },
};

/**
 * What the conditions of a write (RFC 9110 section 13) come to. Throws 409, as for every other conflict here and in Kuma, when they
 * do not hold for what is stored; 400 when they cannot be read. What is given back is for the store, which looks once more as it
 * writes.
 */
export function requireConditions(request: FastifyRequest, stored: Resource | undefined, title: string): Expectation {
  const { "if-match": match, "if-none-match": noneMatch } = request.headers;
  if (noneMatch !== undefined && noneMatch !== "*") throw badRequest(`If-None-Match: ${noneMatch} is not *`);
  if (noneMatch === "*" && stored !== undefined) throw conflict(title, "the resource is there already");
  if (match === undefined) return {};
  const time = /^"([^"]*)"$/.exec(match)?.[1];
  if (match !== "*" && time === undefined) throw badRequest(`If-Match: ${match} is not a quoted modificationTime`);
  if (stored === undefined) throw conflict(title, "the resource is not there");
  if (time === undefined) return {};
  if (stored.modificationTime !== time) throw conflict(title, `it was expected as modified at ${time}, but it was modified at ${stored.modificationTime ?? "an unknown time"}`);
  return { expectedModificationTime: time };
}

function conflict(title: string, detail: string): ApiError {
  return new ApiError(409, title, detail);
}
