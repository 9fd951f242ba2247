import { asArray, asObject, asString, type JsonObject } from "../core/base/json.ts";
import { dataplaneKind } from "../core/model/dataplane-kind.ts";
import type { ResourceKindDescriptor } from "../core/model/kind.ts";
import { describeRules } from "../core/view/describe-rules.ts";
import { overviewTable } from "../core/view/overview-table.ts";
import type { ApiClient } from "../edge/client/api-client.ts";
import { aboutPath, listPath, type Query } from "../edge/client/resource-path.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { InspectOptions, InspectType } from "./inspect.ts";
import { printDocument } from "./print-document.ts";
import type { Terminal } from "./terminal.ts";

/** What an inspection is made with. */
export interface Inspection {
  readonly client: ApiClient;
  readonly terminal: Terminal;
  readonly options: InspectOptions;
}

/** All proxies of a mesh, as a table. */
export async function inspectDataplanes({ client, terminal, options }: Inspection): Promise<void> {
  const overviews = await client.pages((page) => `${listPath(dataplaneKind, options.mesh)}/_overview${queryText(page)}`);
  if (options.output !== "text") terminal.out(printDocument({ total: overviews.length, items: overviews }, options.output));
  else terminal.out(overviewTable(overviews, Date.now()));
}

/** One proxy: what `--type` says. */
export async function inspectDataplane(name: string, { client, terminal, options }: Inspection): Promise<void> {
  const { mesh, type, shadow, include, output } = options;
  const [part, query] = partOf(type, shadow, include);
  const body = await client.ask({ method: "GET", path: aboutPath(dataplaneKind, { mesh, name }, part, query) });
  if (typeof body === "string") terminal.out(body.endsWith("\n") ? body : `${body}\n`);
  else if (output !== "text") terminal.out(printDocument(body, output));
  else if (type === "policies") terminal.out(`${describeRules(body).join("\n")}\n`);
  else if (type === "overview") terminal.out(overviewTable([body as JsonObject], Date.now()));
  // As kumactl prints it.
  else terminal.out(printDocument(body, "json"));
}

/** The proxies that a policy selects or that are behind a service, and what there is to tell about it. */
export async function inspectAttached(kind: ResourceKindDescriptor, name: string, { client, terminal, options }: Inspection): Promise<void> {
  const key = { kind: kind.kind, mesh: options.mesh, name };
  const resource = await client.get(key, { include: "status" });
  if (resource === undefined) throw new CommandFailure(exitStatus.invalid, `there is no ${kind.kind} with name "${name}" in mesh "${options.mesh}"`);
  const dataplanes = await client.pages((page) => aboutPath(kind, key, "_resources/dataplanes", page));
  if (options.output !== "text") {
    terminal.out(printDocument({ total: dataplanes.length, items: dataplanes }, options.output));
    return;
  }
  const title = kind.kind === "MeshService" ? "Data plane proxies behind it:" : "Affected data plane proxies:";
  const names = dataplanes.map((dataplane) => `  ${asString(dataplane["name"]) ?? ""}\n`);
  terminal.out(`${title}\n\n${names.join("")}${troubles(asObject(resource["status"]))}`);
}

function troubles(status: Readonly<Record<string, unknown>> | undefined): string {
  const [rejections, notices] = ["rejections", "notices"].map((field) => (asArray(status?.[field]) ?? []).map((item) => asObject(item) ?? {}));
  const refused = (rejections ?? []).map(({ proxy, message }) => `  ${asString(asObject(proxy)?.["name"]) ?? ""}: ${asString(message) ?? ""}\n`);
  const told = (notices ?? []).map(({ path, message }) => `  ${[asString(path) ?? "", asString(message) ?? ""].filter((part) => part !== "").join(": ")}\n`);
  return [refused.length > 0 ? `\nRefused by:\n\n${refused.join("")}` : "", told.length > 0 ? `\nNotices:\n\n${told.join("")}` : ""].join("");
}

function partOf(type: InspectType, shadow: boolean, include: "diff" | undefined): readonly [part: string, query: Query] {
  switch (type) {
    case "policies":
      return ["_rules", {}];
    case "config":
      return ["_config", { shadow: String(shadow), include }];
    case "config-dump":
    case "xds":
      return ["xds", {}];
    case "clusters":
    case "stats":
      return [type, {}];
    case "overview":
    case "layout":
      return [`_${type}`, {}];
  }
}

function queryText(query: Query): string {
  return `?${new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString()}`;
}
