import type { JsonValue } from "../base/json.ts";
import { oneLine } from "./format-table.ts";

/** What the API answers about a preview (`POST /_preview`). */
export interface PreviewAnswer {
  readonly resources: readonly {
    readonly type: string;
    readonly mesh: string;
    readonly name: string;
    readonly outcome: "created" | "updated" | "unchanged" | "deleted";
    readonly fields: readonly PreviewField[];
    readonly warnings?: readonly string[];
  }[];
  readonly proxies: { readonly total: number; readonly groups: readonly PreviewGroup[]; readonly omittedGroups: number };
}

interface PreviewGroup {
  readonly effect: "changed" | "new" | "gone";
  readonly proxies: readonly { readonly mesh: string; readonly name: string }[];
  readonly changes: readonly { readonly typeUrl: string; readonly name: string; readonly change: "added" | "removed" | "changed"; readonly fields: readonly PreviewField[] }[];
}

interface PreviewField {
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** How much is told. */
export interface PreviewDetail {
  /** Lines of changes that one group of proxies gets. */
  readonly changesPerGroup: number;
  readonly fieldsPerChange: number;
  readonly groups: number;
  readonly names: number;
}

/** Fits a terminal, however many proxies there are. */
export const briefDetail: PreviewDetail = { changesPerGroup: 5, fieldsPerChange: 4, groups: 8, names: 4 };
export const fullDetail: PreviewDetail = { changesPerGroup: Infinity, fieldsPerChange: Infinity, groups: Infinity, names: Infinity };

/** Whether anything would be otherwise than now. */
export function isDifferent({ resources, proxies }: PreviewAnswer): boolean {
  return proxies.total > 0 || resources.some(({ outcome }) => outcome !== "unchanged");
}

/** Lines for people: first the store, then the proxies, those to which the same happens together. Nothing where nothing differs. */
export function describePreview(answer: PreviewAnswer, detail: PreviewDetail): readonly string[] {
  const { resources, proxies } = answer;
  const inStore = resources.filter(({ outcome }) => outcome !== "unchanged");
  if (!isDifferent(answer)) return [];
  const storeLines = inStore.flatMap(({ type, mesh, name, outcome, fields }) => [
    `  ${signs[outcome]} ${type} ${mesh === "" ? "" : `${mesh}/`}${name}${outcome === "updated" ? "" : ` ${outcome}`}`,
    ...fieldLines(fields, detail, "      "),
  ]);
  const groups = proxies.groups.slice(0, detail.groups);
  const left = proxies.groups.length - groups.length + proxies.omittedGroups;
  return [
    `in the store: ${inStore.length === 0 ? "nothing changes" : counted(inStore.length, "resource")}`,
    ...storeLines,
    `in the configuration of: ${proxies.total === 0 ? "no proxy" : counted(proxies.total, "proxy")}`,
    ...groups.flatMap((group) => groupLines(group, detail)),
    ...(left > 0 ? [`  and ${counted(left, "more group")} of proxies; --proxy NAME shows one, -o json all`] : []),
  ];
}

const signs = { created: "+", deleted: "-", updated: "~", unchanged: " ", added: "+", removed: "-", changed: "~" } as const;

function groupLines({ effect, proxies, changes }: PreviewGroup, detail: PreviewDetail): readonly string[] {
  const names = proxies.slice(0, detail.names).map(({ mesh, name }) => `${mesh}/${name}`);
  const who = proxies.length > names.length ? `${names.join(", ")} and ${proxies.length - names.length} more` : names.join(", ");
  if (effect !== "changed") return [`  ${counted(proxies.length, `${effect} proxy`)}: ${who}`];
  const shown = changes.slice(0, detail.changesPerGroup);
  return [
    `  ${counted(proxies.length, "proxy")}: ${who}`,
    ...shown.flatMap(({ typeUrl, name, change, fields }) => [`    ${signs[change]} ${typeName(typeUrl)} ${oneLine(name)}`, ...fieldLines(fields, detail, "        ")]),
    ...(changes.length > shown.length ? [`    and ${counted(changes.length - shown.length, "more resource")}`] : []),
  ];
}

function fieldLines(fields: readonly PreviewField[], { fieldsPerChange }: PreviewDetail, indent: string): readonly string[] {
  const shown = fields.slice(0, fieldsPerChange).map(({ path, before, after }) => `${indent}${path}: ${valueText(before, fieldsPerChange)} → ${valueText(after, fieldsPerChange)}`);
  return fields.length > shown.length ? [...shown, `${indent}and ${counted(fields.length - shown.length, "more field")}`] : shown;
}

function valueText(value: JsonValue | undefined, fieldsPerChange: number): string {
  if (value === undefined) return "nothing";
  const text = oneLine(JSON.stringify(value));
  return fieldsPerChange === Infinity || text.length <= 100 ? text : `${text.slice(0, 97)}…`;
}

/** `cluster` of `type.googleapis.com/envoy.config.cluster.v3.Cluster`; Envoy calls a ClusterLoadAssignment's contents endpoints. */
function typeName(typeUrl: string): string {
  const last = typeUrl.split(".").at(-1) ?? typeUrl;
  const names: Readonly<Record<string, string>> = { Cluster: "cluster", ClusterLoadAssignment: "endpoints", Listener: "listener", RouteConfiguration: "routes" };
  return names[last] ?? last;
}

function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}
