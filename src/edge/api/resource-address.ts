import type { ResourceKindDescriptor } from "../../core/model/kind.ts";
import type { ResourceKey } from "../../core/model/resource.ts";
import type { RouteContext } from "./context.ts";
import { ApiError, notFound, titles } from "./errors.ts";
import type { ResourceWriter } from "./context.ts";

/** Path parameters of the resource routes. */
export interface ResourceParams {
  readonly mesh?: string;
  readonly name?: string;
}

/** URL of one resource, or of all of a kind in a mesh. */
export function resourceUrl(kind: ResourceKindDescriptor): { readonly one: string; readonly many: string } {
  const many = kind.scope === "Mesh" ? `/meshes/:mesh/${kind.path}` : `/${kind.path}`;
  return { one: `${many}/:name`, many };
}

export function keyOf(kind: ResourceKindDescriptor, params: ResourceParams): ResourceKey {
  return { kind: kind.kind, mesh: kind.scope === "Mesh" ? (params.mesh ?? "") : "", name: params.name ?? "" };
}

/** Throws Kuma's 404 when the resource would live in a mesh that is not there. */
export async function requireMesh(context: RouteContext, key: { readonly mesh: string }): Promise<void> {
  if (key.mesh === "") return;
  const mesh = await context.resources.get({ kind: "Mesh", mesh: "", name: key.mesh });
  if (mesh === undefined) throw notFound(titles.mesh);
}

/** The writer; throws 405 where resources come from files. */
export function requireWriter(context: RouteContext, kind: ResourceKindDescriptor): ResourceWriter {
  const writer = context.writer ?? (kind.sensitive === true ? context.secretWriter : undefined);
  if (writer !== undefined) return writer;
  throw new ApiError(405, "Method not allowed", "this control plane reads its resources from files; change the files instead");
}
