import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import type { Notice } from "../../src/core/base/notice.ts";
import { noticesFor } from "../../src/core/match/explain.ts";
import { createPlanner } from "../../src/core/match/planner.ts";
import { applyChanges, changesTo, emptyWorld } from "../../src/core/model/apply-changes.ts";
import type { ProxyPlan } from "../../src/core/model/plan.ts";
import { keyText, type Resource } from "../../src/core/model/resource.ts";
import { withStoreLabels } from "../../src/core/model/store-labels.ts";
import { defaultCompatibility, type Compatibility } from "../../src/core/policy/compatibility.ts";
import { parseResource } from "../../src/core/policy/parse-resource.ts";
import { defaultPlanSettings } from "../../src/core/policy/plan-settings.ts";
import { translate, type XdsResources } from "../../src/core/translate/translate.ts";
import { typeUrls } from "../../src/core/translate/type-urls.ts";
import { readDocuments } from "../../src/edge/source/read-documents.ts";
import { planView } from "../../src/main/plan-view.ts";

export const casesFolder = fileURLToPath(new URL("cases", import.meta.url));

/** What a case's `case.yaml` may say. */
interface CaseSettings {
  /** Default `web-1`. */
  readonly dataplane?: string;
  /** Default `default`. */
  readonly mesh?: string;
  /** Policies in trial count as well. */
  readonly shadow?: boolean;
  readonly compatibility?: Partial<Compatibility>;
}

export interface CaseResult {
  readonly plan: ProxyPlan;
  readonly resources: XdsResources;
  /** From reading, of every resource, and of the proxy, in this order and sorted by whom they are about. */
  readonly notices: readonly Notice[];
}

export async function caseNames(): Promise<string[]> {
  return (await readdir(casesFolder)).sort();
}

/** Runs one case through all stages, from text to Envoy's words. */
export async function runCase(name: string): Promise<CaseResult> {
  const settings = ((await readOptional(path.join(casesFolder, name, "case.yaml"))) ?? {}) as CaseSettings;
  const compatibility = { ...defaultCompatibility, ...settings.compatibility };
  const { resources, notices } = await loadCase(name, compatibility);
  const world = applyChanges(emptyWorld, changesTo(emptyWorld, resources));
  const planner = createPlanner({ compatibility, shadow: settings.shadow ?? false });
  const plan = planner.plan(world, settings.mesh ?? "default", settings.dataplane ?? "web-1");
  if (plan === undefined) throw new Error(`${name}: there is no such Dataplane`);
  const explained = resources.flatMap((resource) => noticesFor(world, resource, { ...defaultPlanSettings, compatibility }));
  return { plan, resources: translate(plan), notices: sortedOnce([...notices, ...explained, ...plan.notices]) };
}

/** What a case has to show, by file name. */
export function printCase({ plan, resources, notices }: CaseResult): ReadonlyMap<string, string> {
  // Notices have a file of their own, together with those that are no proxy's.
  const planned = Object.entries(planView(plan)).filter(([part]) => part !== "notices");
  const extensions = resources[typeUrls.extension] ?? {};
  return new Map([
    ["plan.yaml", printYaml(Object.fromEntries(planned))],
    ["clusters.yaml", printYaml(resources[typeUrls.cluster])],
    ["endpoints.yaml", printYaml(resources[typeUrls.endpoints])],
    ["listeners.yaml", printYaml(resources[typeUrls.listener])],
    ["routes.yaml", printYaml(resources[typeUrls.route])],
    ...(Object.keys(extensions).length === 0 ? [] : [["extensions.yaml", printYaml(extensions)] as const]),
    ["notices.yaml", printYaml(notices.map(({ about, path: field, ...notice }) => ({ about: keyText(about), path: field, ...notice })))],
  ]);
}

async function loadCase(name: string, compatibility: Compatibility): Promise<{ resources: Resource[]; notices: Notice[] }> {
  const text = await readFile(path.join(casesFolder, name, "resources.yaml"), "utf8");
  const loaded = readDocuments(text, `${name}/resources.yaml`).map((document) => {
    const parsed = document.ok ? parseResource(document.value, compatibility) : document;
    if (!parsed.ok) throw new Error(`${document.origin}: ${parsed.violations.map((one) => `${one.path}: ${one.message}`).join("; ")}`);
    return { resource: withStoreLabels(parsed.resource), notices: parsed.notices };
  });
  return { resources: loaded.map(({ resource }) => resource), notices: loaded.flatMap(({ notices }) => notices) };
}

function sortedOnce(notices: readonly Notice[]): Notice[] {
  const byText = new Map(notices.map((notice) => [[keyText(notice.about), notice.path, notice.code, notice.message].join("\n"), notice]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, notice]) => notice);
}

function printYaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

async function readOptional(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
