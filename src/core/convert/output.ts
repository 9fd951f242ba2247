import type { JsonObject } from "../base/json.ts";
import { labelNames } from "../model/label-names.ts";
import type { Place } from "./reach.ts";
import type { ConvertSettings } from "./settings.ts";

/** Where converted policies are put. */
export interface Output {
  readonly settings: ConvertSettings;
  /**
   * A policy in its Kubernetes form, of this name; with its source's namespace in it where it goes to another one, so that sources of
   * the same name do not become one policy, whether they are converted together or not.
   */
  policy(kind: string, name: string, place: Place, lists: JsonObject): void;
}

/** Names that are taken, by kind and namespace. */
export type TakenNames = Set<string>;

/** An output for sources of this namespace that adds to `documents`. */
export function createOutput(settings: ConvertSettings, own: string, taken: TakenNames, documents: JsonObject[]): Output {
  return {
    settings,
    policy: (kind, wanted, { namespace, targetRef }, lists) => {
      const isElsewhere = namespace !== own && own !== settings.rootNamespace;
      const name = freeName(isElsewhere ? `${wanted}-${own}` : wanted, (each) => taken.has(`${kind} ${namespace}/${each}`));
      taken.add(`${kind} ${namespace}/${name}`);
      documents.push({
        apiVersion: "kuma.io/v1alpha1",
        kind,
        metadata: { name, namespace, labels: { [labelNames.mesh]: settings.mesh } },
        spec: { ...(targetRef === undefined ? {} : { targetRef }), ...lists },
      });
    },
  };
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  let [name, number] = [wanted, 1];
  while (isTaken(name)) name = `${wanted}-${++number}`;
  return name;
}

/** The object without members that are undefined; undefined when nothing is left. */
export function compact(object: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined) as [string, JsonObject[string]][];
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
