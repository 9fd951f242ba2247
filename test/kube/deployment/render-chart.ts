import type { Context } from "mocha";
import { parseAllDocuments } from "yaml";
import { chartFolder } from "../../../scripts/lib/chart/values-schema.ts";
import { KubeUnavailable, kubeBinaries, type KubeBinaries } from "../../../scripts/lib/kube-binaries.mjs";
import { skipBecause } from "../../kit/skip.ts";
import { runTool, type CommandResult, type ToolOptions } from "../../kit/kube/tools.ts";

/** An object of a manifest, as far as tests look into all kinds of them. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/** Programs of the tests; skips where they cannot be had. */
export async function programsOrSkip(context: Context): Promise<KubeBinaries> {
  try {
    return await kubeBinaries({ log: (line) => { console.log(line); } });
  } catch (error) {
    if (error instanceof KubeUnavailable) return skipBecause(context, error.message);
    throw error;
  }
}

/** `helm template` with values from standard input. */
export async function helmTemplate(helm: string, values: unknown = {}, options: ToolOptions & { readonly namespace?: string } = {}): Promise<CommandResult> {
  const args = ["template", "probeplane", chartFolder, "--kube-version", "1.36.0", "--values", "-"];
  return await runTool(helm, args, { namespace: "probeplane-system", ...options, stdin: JSON.stringify(values) });
}

export function objectsOf(yaml: string): readonly ManifestObject[] {
  const documents = parseAllDocuments(yaml).map((document) => {
    if (document.errors.length > 0) throw document.errors[0] ?? new Error("not YAML");
    return document.toJS() as ManifestObject | null;
  });
  return documents.filter((object) => object !== null);
}

/** The one object of a kind. */
export function objectOf(objects: readonly ManifestObject[], kind: string): ManifestObject {
  const [object, ...more] = objects.filter((each) => each.kind === kind);
  if (object === undefined || more.length > 0) throw new Error(`${more.length + (object === undefined ? 0 : 1)} objects of kind ${kind}`);
  return object;
}
