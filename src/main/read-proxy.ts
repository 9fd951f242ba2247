import { asObject, asString } from "../core/base/json.ts";
import type { Violation } from "../core/base/violation.ts";
import { directDataplane } from "../core/bootstrap/direct-dataplane.ts";
import { readDocuments } from "../edge/source/read-documents.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { templateFiller } from "./template-options.ts";

export interface ProxyNaming {
  readonly mesh?: string;
  readonly name?: string;
  readonly dataplaneFile?: string;
  readonly dataplaneVar?: ReadonlyMap<string, string>;
}

/** A proxy, and the text of the Dataplane that comes along with it. */
export interface NamedProxy {
  readonly mesh: string;
  readonly name: string;
  readonly dataplaneText?: string;
}

/** Which proxy the options mean. The Dataplane's file is looked at here, so that nobody has to ask a control plane what is wrong with it. */
export async function readProxy(options: ProxyNaming, readFile: (file: string, option: string) => Promise<string>): Promise<NamedProxy> {
  const { dataplaneFile: file, name } = options;
  if (file !== undefined) return readDataplane(options, file, await readFile(file, "--dataplane-file"));
  if (name === undefined) throw new CommandFailure(exitStatus.usage, "--name <name> or --dataplane-file <file> is needed");
  return { mesh: options.mesh ?? "default", name };
}

function readDataplane({ mesh, name, dataplaneVar }: ProxyNaming, file: string, text: string): NamedProxy {
  const filled = templateFiller(dataplaneVar).prepare(text, file);
  if (!filled.ok) throw invalid(file, filled.violations);
  const documents = readDocuments(filled.text, file);
  const fields = documents[0]?.ok === true ? asObject(documents[0].value) : undefined;
  const proxy = { mesh: mesh ?? asString(fields?.["mesh"]) ?? "default", name: name ?? asString(fields?.["name"]) ?? "" };
  const read = directDataplane(documents, proxy);
  if (!read.ok) throw invalid(file, read.violations);
  return { ...proxy, dataplaneText: filled.text };
}

function invalid(file: string, violations: readonly Violation[]): CommandFailure {
  return new CommandFailure(exitStatus.invalid, violations.map(({ path, message }) => `${file}: ${path === "" ? "" : `${path}: `}${message}`).join("\n"));
}
