import { defaultText } from "../../../src/edge/config/defaults.ts";
import type { Option } from "../../../src/edge/config/option.ts";
import { options } from "../../../src/edge/config/options.ts";
import type { ValueSchema } from "./values-schema.ts";

type Group = Record<string, ValueSchema>;

/** What follows from other values, or from where it runs: set by the chart, or found out by the process. */
export const decidedByChart: ReadonlySet<string> = new Set([
  ...["environment", "drainGrace", "apiListen", "api.tlsListen", "xdsListen", "diagnosticsListen", "webhook.enabled", "webhook.listen", "webhook.configuration"],
  ...["injector.enabled", "injector.configuration", "injector.configMap"],
  ...["kubeconfig", "namespace", "podName", "serviceName", "systemNamespaces", "certificateSecret", "caConfigMap", "leaseName"].map((name) => `kubernetes.${name}`),
]);

/** The options of `probeplane run` that mean something in a cluster, as properties of the value `config`: a level for each dot. */
export function optionProperties(): Readonly<Group> {
  const top: Group = {};
  const groups: Record<string, Group> = {};
  for (const [name, option] of Object.entries<Option>(options)) {
    if (option.in === "universal" || decidedByChart.has(name)) continue;
    const [first = name, second] = name.split(".");
    if (second === undefined) top[first] = schemaOf(option);
    else (groups[first] ??= {})[second] = schemaOf(option);
  }
  return { ...top, ...Object.fromEntries(Object.entries(groups).map(([name, properties]) => [name, { type: "object", additionalProperties: false, properties }])) };
}

function schemaOf(option: Option): ValueSchema {
  const shown = defaultText(option);
  const description = shown === undefined ? option.doc : `${option.doc} Default: ${shown}.`;
  if (option.type === "enum") return { description, type: "string", enum: option.values };
  if (option.type === "switch") return { description, type: "boolean" };
  if (option.type === "count") return { description, type: "integer", minimum: 1 };
  return { description, type: option.type === "size" || option.type === "duration" ? ["string", "integer"] : "string" };
}
