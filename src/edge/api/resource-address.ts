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

/** The writer; throws 405 where resources of this kind are written elsewhere. */
export function requireWriter(context: RouteContext, kind: ResourceKindDescriptor): ResourceWriter {
  const writer = writerOf(context, kind);
  if (writer !== undefined) return writer;
  throw new ApiError(405, "Method not allowed", context.readOnlyBecause ?? "this control plane reads its resources from files; change the files instead");
}

/** True where resources of this kind can only be read here. */
export function isReadOnly(context: Pick<RouteContext, "writer" | "secretWriter">, kind: ResourceKindDescriptor): boolean {
  return writerOf(context, kind) === undefined;
}

function writerOf({ writer, secretWriter }: Pick<RouteContext, "writer" | "secretWriter">, kind: ResourceKindDescriptor): ResourceWriter | undefined {
  return writer ?? (kind.sensitive === true ? secretWriter : undefined);
}
