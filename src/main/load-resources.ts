import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Notice } from "../core/base/notice.ts";
import type { Violation } from "../core/base/violation.ts";
import { keyText, type Resource, type ResourceKey } from "../core/model/resource.ts";
import { withStoreLabels } from "../core/model/store-labels.ts";
import { parseResource } from "../core/policy/parse-resource.ts";
import { readDocuments, type ReadDocument } from "../edge/source/read-documents.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import type { Terminal } from "./terminal.ts";

/** Something to say about one document. */
export interface PlacedViolation extends Violation {
  /** `FILE, document 2 (line 14)` */
  readonly origin: string;
  readonly key?: ResourceKey;
}

export interface PlacedNotice {
  readonly origin: string;
  readonly notice: Notice;
}

/** What some files hold. */
export interface LoadedResources {
  /** Each with the place it came from, with the labels that a store would add. */
  readonly resources: readonly { readonly resource: Resource; readonly origin: string }[];
  readonly violations: readonly PlacedViolation[];
  /** From reading: unknown fields. */
  readonly notices: readonly PlacedNotice[];
}

/** Largest file that is read at all, in bytes. Single documents have a smaller limit of their own. */
const maxFileBytes = 64 * 1024 * 1024;

/**
 * Reads resources from files, folders (every .yaml, .yml and .json below them) and `-` (standard input). What is wrong with a
 * document is a violation; a file that cannot be read ends the command.
 */
export async function loadResources(places: readonly string[], terminal: Pick<Terminal, "readInput">): Promise<LoadedResources> {
  const documents: ReadDocument[] = [];
  for (const place of places) documents.push(...(await documentsAt(place, terminal)));
  const resources: { resource: Resource; origin: string }[] = [];
  const violations: PlacedViolation[] = [];
  const notices: PlacedNotice[] = [];
  const firstOrigin = new Map<string, string>();
  for (const document of documents) {
    const { origin } = document;
    const parsed = document.ok ? parseResource(document.value) : document;
    if (!parsed.ok) {
      const key = "key" in parsed ? parsed.key : undefined;
      violations.push(...parsed.violations.map((violation) => ({ ...violation, origin, ...(key === undefined ? {} : { key }) })));
      continue;
    }
    const { resource } = parsed;
    const earlier = firstOrigin.get(keyText(resource));
    if (earlier !== undefined) violations.push({ origin, key: resource, path: "", message: `is defined twice: first in ${earlier}` });
    else firstOrigin.set(keyText(resource), origin);
    resources.push({ resource: withStoreLabels(resource), origin });
    notices.push(...parsed.notices.map((notice) => ({ origin, notice })));
  }
  return { resources, violations, notices };
}

async function documentsAt(place: string, terminal: Pick<Terminal, "readInput">): Promise<readonly ReadDocument[]> {
  if (place === "-") return readDocuments(await terminal.readInput(), "standard input");
  const documents: ReadDocument[] = [];
  for (const file of await filesAt(place)) documents.push(...readDocuments(await readFile(file, "utf8"), file));
  return documents;
}

async function filesAt(place: string): Promise<readonly string[]> {
  const found = await stat(place).catch((error: Error) => cannotRead(place, error.message));
  if (found.isDirectory()) {
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name)).map((entry) => path.join(entry.parentPath, entry.name));
    return files.length > 0 ? files.sort() : cannotRead(place, "no .yaml, .yml or .json file in it");
  }
  if (found.size > maxFileBytes) return cannotRead(place, `${found.size} bytes are more than the limit of ${maxFileBytes}`);
  return [place];
}

function cannotRead(place: string, reason: string): never {
  throw new CommandFailure(exitStatus.invalid, `cannot read ${place}: ${reason}`);
}
