import { asObject, ownField } from "../core/base/json.ts";
import type { Notice } from "../core/base/notice.ts";
import type { Violation } from "../core/base/violation.ts";
import { keyText, type Resource, type ResourceKey } from "../core/model/resource.ts";
import { withStoreLabels } from "../core/model/store-labels.ts";
import type { Compatibility } from "../core/policy/compatibility.ts";
import { parseResource } from "../core/policy/parse-resource.ts";
import type { ParseResult } from "../core/policy/parse-result.ts";
import type { ReadDocument } from "../edge/source/read-documents.ts";
import { readInput, type PrepareText } from "../edge/source/read-input.ts";
import { kindNamed } from "../core/policy/registry.ts";
import { readUrl } from "./read-url.ts";
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

export interface LoadedResource {
  /** With the labels that a store would add. */
  readonly resource: Resource;
  /** Without them. */
  readonly asWritten: Resource;
  /** The place it came from. */
  readonly origin: string;
}

/** What happens to documents before they are parsed. */
export interface LoadOptions {
  /** Done with each text before documents are looked for in it. */
  readonly prepare?: PrepareText;
  /** The mesh of documents that name none. */
  readonly mesh?: string | undefined;
  /** Done with all documents together: opens what is sealed. */
  readonly unpack?: (documents: readonly ReadDocument[]) => Promise<readonly ReadDocument[]>;
}

/** What some files hold. */
export interface LoadedResources {
  readonly resources: readonly LoadedResource[];
  readonly violations: readonly PlacedViolation[];
  /** From reading: unknown fields. */
  readonly notices: readonly PlacedNotice[];
}

/**
 * Reads resources from files, folders (every .yaml, .yml and .json below them), `http(s)://` URLs and `-` (standard input). Whatever is wrong is a
 * violation: with a document, with a file that cannot be read, with two documents for one resource, with a place that holds none.
 */
export async function loadResources(
  places: readonly string[],
  terminal: Pick<Terminal, "readInput">,
  compatibility: Compatibility,
  { prepare, mesh, unpack = (read) => Promise.resolve(read) }: LoadOptions = {},
): Promise<LoadedResources> {
  const read: ReadDocument[] = [];
  for (const place of places) read.push(...(await documentsAt(place, terminal, prepare)));
  const documents = await unpack(read);
  const resources: LoadedResource[] = [];
  const violations: PlacedViolation[] = [];
  const notices: PlacedNotice[] = [];
  const firstOrigin = new Map<string, string>();
  for (const document of documents) {
    const { origin } = document;
    const parsed: ParseResult = document.ok ? parseResource(inMesh(document.value, mesh), compatibility) : document;
    if (!parsed.ok) {
      const about = parsed.key === undefined ? {} : { key: parsed.key };
      violations.push(...parsed.violations.map((violation) => ({ ...violation, ...about, origin })));
      continue;
    }
    const { resource } = parsed;
    const earlier = firstOrigin.get(keyText(resource));
    if (earlier !== undefined) violations.push({ origin, key: resource, path: "", message: `is defined twice: first in ${earlier}` });
    else firstOrigin.set(keyText(resource), origin);
    resources.push({ resource: withStoreLabels(resource), asWritten: resource, origin });
    notices.push(...parsed.notices.map((notice) => ({ origin, notice })));
  }
  return { resources, violations, notices };
}

/** The document in a mesh, where it is of a kind that lives in one and names none; in the Universal form only. */
function inMesh(document: unknown, mesh: string | undefined): unknown {
  const fields = asObject(document);
  const type = ownField(fields, "type");
  if (mesh === undefined || ownField(fields, "mesh") !== undefined || typeof type !== "string" || kindNamed(type)?.scope !== "Mesh") return document;
  return { ...fields, mesh };
}

async function documentsAt(place: string, terminal: Pick<Terminal, "readInput">, prepare?: PrepareText): Promise<readonly ReadDocument[]> {
  const documents = /^https?:\/\//.test(place) ? await readUrl(place, prepare) : await readInput(place, () => terminal.readInput(), prepare);
  if (documents.length > 0) return documents;
  return [{ ok: false, origin: place === "-" ? "standard input" : place, violations: [{ path: "", message: "has no resource in it" }] }];
}
