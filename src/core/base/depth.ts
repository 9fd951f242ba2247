/** True when objects and lists lie in each other deeper than `levels`. Goes level by level, so that it needs no stack itself. */
export function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((inner) => (typeof inner === "object" && inner !== null ? (Object.values(inner) as unknown[]) : []));
  }
  return false;
}
