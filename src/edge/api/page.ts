import type { FastifyRequest } from "fastify";
import { ApiError, titles } from "./errors.ts";
import { queryOf } from "./inspected.ts";
import type { Parameter } from "./routes.ts";

const defaultSize = 100;
const maxSize = 1000;

export const pageParameters: Readonly<Record<string, Parameter>> = {
  size: { description: "How many to give.", schema: { type: "integer", minimum: 1, maximum: maxSize, default: defaultSize } },
  offset: { description: "Where to begin; from the `next` of an earlier page." },
};

export interface Page<T> {
  readonly items: readonly T[];
  /** Absolute URL of the next page, the query kept; null on the last. */
  readonly next: string | null;
}

/** The part of a list that `size` (1 to 1000, default 100) and `offset` (from an earlier `next`, default 0) ask for. */
export function pageOf<T>(all: readonly T[], request: FastifyRequest): Page<T> {
  const query = queryOf(request);
  const size = sizeOf(query.get("size"));
  const end = offsetOf(query.get("offset")) + size;
  return { items: all.slice(end - size, end), next: end < all.length ? nextUrl(request, query, end, size) : null };
}

function nextUrl({ protocol, host, url }: FastifyRequest, query: URLSearchParams, offset: number, size: number): string {
  query.set("offset", String(offset));
  query.set("size", String(size));
  query.sort();
  return `${protocol}://${host}${url.replace(/\?.*$/, "")}?${query.toString()}`;
}

function sizeOf(text: string | null): number {
  if (text === null) return defaultSize;
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1) throw invalidPage("Invalid page size", "size", "invalid format");
  if (size <= maxSize) return size;
  throw invalidPage("Invalid page size", "size", `invalid page size of ${text}. Maximum page size is ${maxSize}`);
}

function offsetOf(text: string | null): number {
  if (text === null || text === "") return 0;
  if (!/^\d{1,15}$/.test(text)) throw invalidPage("Invalid offset", "offset", "invalid format");
  return Number(text);
}

function invalidPage(detail: string, field: string, reason: string): ApiError {
  return new ApiError(400, titles.retrieveMany, detail, [{ field, reason }]);
}
