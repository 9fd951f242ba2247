const units: readonly (readonly [name: string, seconds: number])[] = [["y", 365 * 86_400], ["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]];

/** How long ago a time was, in its largest whole unit as kumactl writes it: `5s`, `2m`, `3d`. `-` when there is no time. */
export function formatAge(time: string | undefined, nowMs: number): string {
  const atMs = Date.parse(time ?? "");
  if (Number.isNaN(atMs)) return "-";
  const seconds = Math.max(0, Math.floor((nowMs - atMs) / 1000));
  const [name, length] = units.find(([, unit]) => seconds >= unit) ?? ["s", 1];
  return `${Math.floor(seconds / length)}${name}`;
}
