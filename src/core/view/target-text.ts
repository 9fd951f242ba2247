import { asArray, asObject, asString } from "../base/json.ts";

/** Whom a targetRef means, in a few words: `Mesh`, `MeshService web`, `Dataplane app=web`, `MeshService backend:80`. An absent one means the mesh. */
export function targetText(targetRef: unknown): string {
  const ref = asObject(targetRef);
  const kind = asString(ref?.["kind"]) ?? "Mesh";
  return [kind, refName(ref)].filter((part) => part !== "").join(" ");
}

/** To whom the items of a policy apply: by name where there is one. */
export function destinationTexts(to: unknown): readonly string[] {
  return (asArray(to) ?? []).map((item) => {
    const ref = asObject(asObject(item)?.["targetRef"]);
    const name = refName(ref);
    return name === "" ? (asString(ref?.["kind"]) ?? "Mesh") : name;
  });
}

/** The first few of a list, and how many more there are. */
export function fewOf(texts: readonly string[], most = 3): string {
  if (texts.length === 0) return "-";
  return texts.length <= most ? texts.join(", ") : `${texts.slice(0, most).join(", ")} and ${texts.length - most} more`;
}

/** `a=b c=d` */
export function pairsText(pairs: unknown): string {
  return Object.entries(asObject(pairs) ?? {}).map(([key, value]) => `${key}=${String(value)}`).join(" ");
}

function refName(ref: Readonly<Record<string, unknown>> | undefined): string {
  const name = asString(ref?.["name"]);
  const namespace = asString(ref?.["namespace"]);
  const section = asString(ref?.["sectionName"]);
  const base = [name === undefined ? "" : `${name}${namespace === undefined ? "" : `.${namespace}`}`, pairsText(ref?.["tags"]), pairsText(ref?.["labels"])];
  const text = base.filter((part) => part !== "").join(" ");
  return section === undefined ? text : `${text}:${section}`;
}
