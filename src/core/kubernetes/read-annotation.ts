import { labelOf } from "../base/labels.ts";
import type { KubeObject } from "./kube-object.ts";

/** What an object says under this name: in a label, else in an annotation. Empty is not said. */
export function said(object: KubeObject | undefined, name: string): string | undefined {
  const text = labelOf(object?.metadata.labels, name) ?? labelOf(object?.metadata.annotations, name);
  return text === "" ? undefined : text;
}

/** `enabled` and `true`, `disabled` and `false`; anything else, and nothing, is undefined. */
export function switchOf(object: KubeObject | undefined, name: string): boolean | undefined {
  switch (said(object, name)?.toLowerCase()) {
    case "enabled":
    case "true":
    case "yes":
      return true;
    case "disabled":
    case "false":
    case "no":
      return false;
    default:
      return undefined;
  }
}

/** A port number; undefined when it is none. */
export function portOf(object: KubeObject, name: string): number | undefined {
  const text = said(object, name);
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
