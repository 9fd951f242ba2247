import { asArray, asNumber, asObject, asString } from "../base/json.ts";
import type { JsonObject } from "../base/json.ts";
import { labelNames } from "../model/label-names.ts";
import type { ResourceKindDescriptor } from "../model/kind.ts";
import { policyKindNamed } from "../policy/registry.ts";
import { formatAge } from "./format-age.ts";
import { destinationTexts, fewOf, pairsText, targetText } from "./target-text.ts";

/** One column of a table of resources. Cells come from the JSON in which the API gives a resource. */
export interface Column {
  readonly header: string;
  /** Shown with `-o wide` only. */
  readonly wide?: true;
  cell(item: JsonObject, nowMs: number): string;
}

/** The columns of a kind, in kumactl's order: mesh and name first, age last. */
export function columnsOf(kind: ResourceKindDescriptor, wide = false): readonly Column[] {
  const mesh: readonly Column[] = kind.scope === "Mesh" ? [{ header: "MESH", cell: (item) => asString(item["mesh"]) ?? "" }] : [];
  const own = policyKindNamed(kind.kind) === undefined ? (ownColumns[kind.kind] ?? []) : policyColumns;
  return [...mesh, name, ...own, age].filter((column) => wide || column.wide !== true);
}

/** Whether the columns of a kind say how far it is programmed, so that its status has to be asked for. */
export function hasStatusColumns(kind: ResourceKindDescriptor): boolean {
  return policyKindNamed(kind.kind) !== undefined;
}

const name: Column = { header: "NAME", cell: (item) => asString(item["name"]) ?? "" };
const age: Column = { header: "AGE", cell: (item, nowMs) => formatAge(asString(item["creationTime"]), nowMs) };

const policyColumns: readonly Column[] = [
  { header: "TARGET", cell: (item) => targetText(specOf(item)["targetRef"]) },
  { header: "DESTINATIONS", cell: (item) => fewOf(destinationTexts(specOf(item)["to"])) },
  { header: "PROGRAMMED", cell: (item) => programmedText(proxiesOf(item)) },
  { header: "REJECTED", cell: (item) => String(asNumber(proxiesOf(item)?.["rejecting"]) ?? "-") },
  { header: "CONNECTED", wide: true, cell: (item) => String(asNumber(proxiesOf(item)?.["connected"]) ?? "-") },
  { header: "NOTICES", wide: true, cell: (item) => String((asArray(asObject(item["status"])?.["notices"]) ?? []).length) },
];

const ownColumns: Readonly<Record<string, readonly Column[]>> = {
  Dataplane: [
    { header: "TAGS", cell: (item) => tagsText(item) },
    { header: "ADDRESS", cell: (item) => asString(networkingOf(item)["address"]) ?? "" },
    { header: "INBOUNDS", wide: true, cell: (item) => fewOf(listOf(networkingOf(item)["inbound"]).map(inboundText), 4) },
    { header: "OUTBOUNDS", wide: true, cell: (item) => String(listOf(networkingOf(item)["outbound"]).length) },
  ],
  MeshService: [
    { header: "PORTS", cell: (item) => fewOf(listOf(specOf(item)["ports"]).map(portText), 4) },
    { header: "SELECTOR", cell: (item) => selectorText(asObject(specOf(item)["selector"])) },
  ],
  MeshExternalService: [
    { header: "ENDPOINTS", cell: (item) => fewOf(listOf(specOf(item)["endpoints"]).map(endpointText)) },
    { header: "PROTOCOL", cell: (item) => asString(asObject(specOf(item)["match"])?.["protocol"]) ?? "tcp" },
  ],
};

function specOf(item: JsonObject): Readonly<Record<string, unknown>> {
  return asObject(item["spec"]) ?? {};
}

function proxiesOf(item: JsonObject): Readonly<Record<string, unknown>> | undefined {
  return asObject(asObject(item["status"])?.["proxies"]);
}

/** `2/3`: of the proxies that it selects, those that run with it. `-` where the control plane does not say. */
function programmedText(proxies: Readonly<Record<string, unknown>> | undefined): string {
  const [programmed, selected] = [asNumber(proxies?.["programmed"]), asNumber(proxies?.["selected"])];
  return programmed === undefined || selected === undefined ? "-" : `${programmed}/${selected}`;
}

function networkingOf(item: JsonObject): Readonly<Record<string, unknown>> {
  return asObject(item["networking"]) ?? {};
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (asArray(value) ?? []).map((item) => asObject(item) ?? {});
}

/** Labels that a store adds to every resource say nothing that the other columns do not say. */
const added: ReadonlySet<string> = new Set([labelNames.displayName, labelNames.env, labelNames.mesh, labelNames.origin, labelNames.zone, labelNames.proxyType]);

/** Tags of all inbounds and the gateway, and the labels that somebody chose; each pair once. */
function tagsText(item: JsonObject): string {
  const { inbound, gateway } = networkingOf(item);
  const labels = Object.fromEntries(Object.entries(asObject(item["labels"]) ?? {}).filter(([key]) => !added.has(key)));
  const all = [labels, ...listOf(inbound).map(({ tags }) => tags), asObject(gateway)?.["tags"]];
  const pairs = new Set(all.flatMap((tags) => pairsText(tags).split(" ")).filter((pair) => pair !== ""));
  return pairs.size === 0 ? "-" : [...pairs].sort().join(" ");
}

function inboundText({ port, protocol, tags }: Readonly<Record<string, unknown>>): string {
  const spoken = asString(protocol) ?? asString(asObject(tags)?.[labelNames.protocol]);
  return `${scalarText(port)}${spoken === undefined ? "" : `/${spoken}`}`;
}

function portText({ port, targetPort, appProtocol }: Readonly<Record<string, unknown>>): string {
  const target = targetPort === undefined || targetPort === port ? "" : `→${scalarText(targetPort)}`;
  return `${scalarText(port)}${target}/${asString(appProtocol) ?? "tcp"}`;
}

function selectorText(selector: Readonly<Record<string, unknown>> | undefined): string {
  const byName = asString(asObject(selector?.["dataplaneRef"])?.["name"]);
  const labels = asObject(selector?.["dataplaneLabels"]);
  const text = byName ?? [pairsText(selector?.["dataplaneTags"]), pairsText(labels?.["matchLabels"] ?? labels)].filter((part) => part !== "").join(" ");
  return text === "" ? "-" : text;
}

function endpointText({ address, port }: Readonly<Record<string, unknown>>): string {
  return port === undefined ? scalarText(address) : `${scalarText(address)}:${scalarText(port)}`;
}

function scalarText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}
