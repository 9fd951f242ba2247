import { labelOf } from "../base/labels.ts";
import type { Labels } from "../model/resource.ts";
import type { KubeObject } from "./kube-object.ts";

/** What can say something: the metadata of an object, or of the template of one. */
export interface Speaking {
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

/** One thing that an object says, and how. */
export interface Said {
  readonly kind: "label" | "annotation";
  readonly name: string;
  readonly text: string;
}

/** What is said under this name in a label, or in an annotation. Empty is not said. */
export function saidBy(metadata: Speaking | undefined, name: string, kind: Said["kind"]): Said | undefined {
  const text = labelOf(kind === "label" ? metadata?.labels : metadata?.annotations, name) ?? "";
  return text === "" ? undefined : { kind, name, text };
}

/** What an object says under this name: in a label, else in an annotation. Empty is not said. */
export function said(object: KubeObject | undefined, name: string): string | undefined {
  return saidIn(object?.metadata, name);
}

/** The same, of metadata alone. */
export function saidIn(metadata: Speaking | undefined, name: string): string | undefined {
  return (saidBy(metadata, name, "label") ?? saidBy(metadata, name, "annotation"))?.text;
}

/** `enabled` and `true`, `disabled` and `false`; anything else, and nothing, is undefined. */
export function switchOf(object: KubeObject | undefined, name: string): boolean | undefined {
  return switchIn(said(object, name));
}

/** What a text says that is yes or no, in the words of Kuma, of Istio and of YAML, in letters of any size. */
export function switchIn(text: string | undefined): boolean | undefined {
  switch (text?.trim().toLowerCase()) {
    case "enabled":
    case "true":
    case "yes":
    case "on":
    case "y":
      return true;
    case "disabled":
    case "false":
    case "no":
    case "off":
    case "n":
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
