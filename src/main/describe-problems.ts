import type { ResourceKey } from "../core/model/resource.ts";
import type { PlacedNotice, PlacedViolation } from "./load-resources.ts";

/** `place: resource: field: what is wrong`, leaving out what is not known. */
export function violationLine({ origin, key, path, message }: PlacedViolation): string {
  return [origin, resourceText(key), path, message].filter((part) => part !== "").join(": ");
}

export function noticeLine({ origin, notice }: PlacedNotice): string {
  return [origin, resourceText(notice.about), notice.path, notice.message].filter((part) => part !== "").join(": ");
}

/** `MeshHealthCheck default/web-to-backend` */
export function resourceText(key: ResourceKey | undefined): string {
  if (key === undefined) return "";
  return `${key.kind} ${key.mesh === "" ? "" : `${key.mesh}/`}${key.name}`;
}

/** `1 violation`, `2 violations` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
