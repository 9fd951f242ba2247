import type { Destination } from "./destination.ts";
import type { Fields } from "./fields.ts";
import { placeOf, type Place, type Reach } from "./reach.ts";
import type { Findings } from "./remarks.ts";
import type { ConvertSettings } from "./settings.ts";

/** Whose callers an object speaks of by its `exportTo`; `whenAll`: what it means to be exported to everybody. */
export function readExport(spec: Fields, findings: Findings, whenAll: Reach["callers"]): Reach["callers"] {
  const names = spec.texts("exportTo");
  if (names.length === 0 || names.includes("*")) return whenAll;
  if (names.every((name) => name === ".")) return "own";
  if (names.every((name) => name === "~")) {
    findings.remark("differs", spec.at("exportTo"), "`~` shows it to nobody; here it holds for the callers of its namespace");
    return "own";
  }
  if (whenAll === "all") findings.remark("differs", spec.at("exportTo"), `it holds for callers of every namespace, not of ${names.join(", ")} alone`);
  return whenAll;
}

/** Destinations that one policy can name, each once, by the place where it goes. */
export function groupByPlace(reach: Reach, destinations: readonly Destination[], settings: ConvertSettings): readonly (readonly [Place, readonly Destination[]])[] {
  const groups = new Map<string, { readonly place: Place; readonly group: Map<string, Destination> }>();
  for (const destination of destinations) {
    const place = placeOf(reach, destination, settings);
    // One policy cannot speak for the owners of some services and for the callers of others.
    const isOwners = destination.kind === "service" && destination.namespace === place.namespace;
    const key = JSON.stringify([place, isOwners]);
    const found = groups.get(key) ?? { place, group: new Map<string, Destination>() };
    groups.set(key, found);
    found.group.set(JSON.stringify(destination), destination);
  }
  return [...groups.values()].map(({ place, group }) => [place, [...group.values()]]);
}
