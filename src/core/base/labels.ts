/** A pair as indexes write it: `key=value`. Keys hold no `=`, so that two pairs never look the same. */
export function pairText(key: string, value: string): string {
  return `${key}=${value}`;
}

/** The value of a label or tag; undefined when it is not there. Never finds what only the prototype has. */
export function labelOf(labels: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** True when all wanted pairs are present; the wanted value `*` fits any value. No wanted pair fits everything. */
export function matchesLabels(
  wanted: Readonly<Record<string, string>> | undefined,
  present: Readonly<Record<string, string>> | undefined,
): boolean {
  for (const [key, value] of Object.entries(wanted ?? {})) {
    const found = labelOf(present, key);
    if (found === undefined || (value !== "*" && found !== value)) return false;
  }
  return true;
}
