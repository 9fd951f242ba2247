const plainName = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

/**
 * The path of a field below another, as Kuma writes it: `spec.to[0].default`. A name that is not a plain word (a tag, a label) is
 * quoted: `tags["kuma.io/service"]`.
 */
export function fieldPath(parent: string, name: string | number): string {
  if (typeof name === "number") return `${parent}[${name}]`;
  if (!plainName.test(name)) return keyPath(parent, name);
  return parent === "" ? name : `${parent}.${name}`;
}

/** The path of a map's entry, always quoted: `labels["team"]`. */
export function keyPath(parent: string, key: string): string {
  return `${parent}[${JSON.stringify(key)}]`;
}

/** Joins a path with one that is relative to it; either may be empty. */
export function joinPaths(parent: string, relative: string): string {
  if (parent === "" || relative === "") return parent + relative;
  return relative.startsWith("[") ? parent + relative : `${parent}.${relative}`;
}
