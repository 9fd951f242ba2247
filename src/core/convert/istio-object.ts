import { asObject, asString, ownField } from "../base/json.ts";
import { readFields, type Fields, type Reasons } from "./fields.ts";
import type { Findings } from "./remarks.ts";
import type { ConvertSettings } from "./settings.ts";

/** An object that is converted. */
export interface IstioObject {
  readonly name: string;
  readonly namespace: string;
  /** `VirtualService shop/web` */
  readonly text: string;
  readonly spec: Fields;
  readonly findings: Findings;
}

/** Group and kind of a Kubernetes object; undefined: it is none. */
export function kindOf(value: unknown): { readonly group: string; readonly kind: string } | undefined {
  const object = asObject(value);
  const [version, kind] = [asString(ownField(object, "apiVersion")), asString(ownField(object, "kind"))];
  if (version === undefined || kind === undefined || kind === "") return undefined;
  return { group: version.includes("/") ? version.slice(0, version.indexOf("/")) : "", kind };
}

/** `VirtualService shop/web`, as far as it is known. */
export function objectText(value: unknown, { namespace }: Pick<ConvertSettings, "namespace">): string {
  const metadata = asObject(ownField(asObject(value), "metadata"));
  const [name = "?", ofNamespace = namespace] = [asString(ownField(metadata, "name")), asString(ownField(metadata, "namespace"))];
  return `${kindOf(value)?.kind ?? "?"} ${ofNamespace}/${name}`;
}

/** Reads what all objects have in common; undefined, and problems, when it cannot be converted. */
export function readIstioObject(value: unknown, reasons: Reasons, settings: ConvertSettings, findings: Findings): IstioObject | undefined {
  const metadata = readFields(ownField(asObject(value), "metadata") ?? {}, "metadata", findings);
  const name = metadata?.text("name");
  if (metadata !== undefined && name === undefined && !metadata.has("name")) findings.problem("metadata.name", "in body is required");
  const ofNamespace = metadata?.text("namespace") ?? settings.namespace;
  // An object without a spec says nothing, which is not wrong: an empty PeerAuthentication inherits.
  const spec = readFields(ownField(asObject(value), "spec") ?? {}, "spec", findings, reasons);
  return name === undefined || spec === undefined ? undefined : { name, namespace: ofNamespace, text: objectText(value, settings), spec, findings };
}
