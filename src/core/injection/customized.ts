import { asArray, asObject, ownField } from "../base/json.ts";
import type { ContainerSpec } from "../probe/pod-spec.ts";

/** True for a container that its author wrote to change the sidecar, as Istio's users do: by its name, with the image `auto` or none. */
export function isCustomization({ image }: ContainerSpec): boolean {
  return image === undefined || image === "" || image === "auto";
}

/** Fields by which items of a list in a container are the same; other lists are replaced as a whole. */
const keys: Readonly<Record<string, string>> = { env: "name", volumeMounts: "mountPath", ports: "containerPort" };

/** The sidecar with what its author wrote over it. */
export function customized(ours: ContainerSpec, theirs: ContainerSpec): ContainerSpec {
  return { ...overlay(ours, theirs), name: ours.name, ...(ours.image === undefined ? {} : { image: ours.image }) };
}

function overlay(ours: Readonly<Record<string, unknown>>, theirs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const result: Record<string, unknown> = { ...ours };
  for (const [name, value] of Object.entries(theirs)) {
    const [mine, own] = [asObject(ours[name]), asObject(value)];
    const list = asArray(value);
    const key = keys[name];
    if (list !== undefined && key !== undefined) result[name] = mergeLists(asArray(ours[name]) ?? [], list, key);
    else result[name] = mine !== undefined && own !== undefined ? overlay(mine, own) : value;
  }
  return result;
}

function mergeLists(ours: readonly unknown[], theirs: readonly unknown[], key: string): readonly unknown[] {
  const idOf = (item: unknown): unknown => ownField(asObject(item), key);
  const replaced = new Set(theirs.map(idOf));
  return [...ours.filter((item) => !replaced.has(idOf(item))), ...theirs];
}
