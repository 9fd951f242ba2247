import type { Container, PodObject, Variable } from "./pod-object.ts";

/** A container's variables, with what the downward API gives them; `$(NAME)` in a value means one that stands before it. */
export function environmentOf(container: Container, pod: PodObject, ips: readonly string[]): Readonly<Record<string, string>> {
  const known: Record<string, string> = {};
  for (const variable of container.env ?? []) known[variable.name] = expand(valueOf(variable, container, pod, ips), known);
  return known;
}

/** `$(NAME)` becomes the variable's value where there is one; `$$` is a dollar sign. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (all, name: string | undefined) => (name === undefined ? "$" : (variables[name] ?? all)));
}

function valueOf({ name, value = "", valueFrom }: Variable, container: Container, pod: PodObject, ips: readonly string[]): string {
  if (valueFrom === undefined) return value;
  if (valueFrom.fieldRef !== undefined) return fieldOf(valueFrom.fieldRef.fieldPath, pod, ips);
  if (valueFrom.resourceFieldRef?.resource === "limits.cpu") return String(coresOf(container.resources?.limits?.["cpu"] ?? "1"));
  throw new Error(`variable ${name} of container ${container.name}: nobody here knows ${JSON.stringify(valueFrom)}`);
}

/** `2` or `1500m`, as whole cores. */
function coresOf(cpu: string): number {
  return Math.ceil(cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu));
}

function fieldOf(path: string, { metadata, spec }: PodObject, ips: readonly string[]): string {
  const [, kind, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (key !== undefined) return (kind === "labels" ? metadata.labels : metadata.annotations)?.[key] ?? "";
  const fields: Readonly<Record<string, string>> = {
    "metadata.name": metadata.name, "metadata.namespace": metadata.namespace, "metadata.uid": metadata.uid,
    "spec.serviceAccountName": spec.serviceAccountName ?? "default", "spec.nodeName": "node",
    "status.podIP": ips[0] ?? "", "status.podIPs": ips.join(","), "status.hostIP": "127.0.0.1",
  };
  const value = fields[path];
  if (value === undefined) throw new Error(`nobody here knows the field ${path} of a Pod`);
  return value;
}
