import type { Notice } from "../core/base/notice.ts";
import type { Violation } from "../core/base/violation.ts";
import { keyText, type Resource, type ResourceKey } from "../core/model/resource.ts";
import { withStoreLabels } from "../core/model/store-labels.ts";
import type { Compatibility } from "../core/policy/compatibility.ts";
import { parseResource } from "../core/policy/parse-resource.ts";
import type { ParseResult } from "../core/policy/parse-result.ts";
import type { ReadDocument } from "../edge/source/read-documents.ts";
import { readInput } from "../edge/source/read-input.ts";
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

/**
 * Reads resources from files, folders (every .yaml, .yml and .json below them) and `-` (standard input). Whatever is wrong is a
 * violation: with a document, with a file that cannot be read, with two documents for one resource, with a place that holds none.
 */
export async function loadResources(places: readonly string[], terminal: Pick<Terminal, "readInput">, compatibility: Compatibility): Promise<LoadedResources> {
  const documents: ReadDocument[] = [];
  for (const place of places) documents.push(...(await documentsAt(place, terminal)));
  const resources: { resource: Resource; origin: string }[] = [];
  const violations: PlacedViolation[] = [];
  const notices: PlacedNotice[] = [];
  const firstOrigin = new Map<string, string>();
  for (const document of documents) {
    const { origin } = document;
    const parsed: ParseResult = document.ok ? parseResource(document.value, compatibility) : document;
    if (!parsed.ok) {
      const about = parsed.key === undefined ? {} : { key: parsed.key };
      violations.push(...parsed.violations.map((violation) => ({ ...violation, ...about, origin })));
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
  const documents = await readInput(place, () => terminal.readInput());
  if (documents.length > 0) return documents;
  return [{ ok: false, origin: place === "-" ? "standard input" : place, violations: [{ path: "", message: "has no resource in it" }] }];
}
