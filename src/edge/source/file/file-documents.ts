import type { Notice } from "../../../core/base/notice.ts";
import type { Violation } from "../../../core/base/violation.ts";
import { isSensitiveKind } from "../../../core/model/secret-kind.ts";
import { withStoreLabels } from "../../../core/model/store-labels.ts";
import type { Resource, ResourceKey } from "../../../core/model/resource.ts";
import type { Compatibility } from "../../../core/policy/compatibility.ts";
import { parseResource } from "../../../core/policy/parse-resource.ts";
import { placeOf, readDocument, type ReadDocument } from "../read-documents.ts";
import { splitDocuments } from "../split-documents.ts";

/** A document with a good resource, with the labels that a store adds. */
export interface GoodDocument {
  readonly origin: string;
  readonly resource: Resource;
  readonly notices: readonly Notice[];
}

export interface BadDocument {
  readonly origin: string;
  readonly key?: ResourceKey;
  readonly violations: readonly Violation[];
}

/** The documents of one text, good and bad, each in the order in which they stand. */
export interface FileDocuments {
  readonly good: readonly GoodDocument[];
  readonly bad: readonly BadDocument[];
  /** Good documents by their text: what was not edited is not read again. */
  readonly byText: ReadonlyMap<string, GoodDocument>;
}

export const noDocuments: FileDocuments = { good: [], bad: [], byText: new Map() };

/** Reads a file's text; `before` is what the file gave last. */
export function readFileDocuments(
  text: string,
  path: string,
  compatibility: Compatibility,
  before: FileDocuments = noDocuments,
): FileDocuments {
  const good: GoodDocument[] = [];
  const bad: BadDocument[] = [];
  const byText = new Map<string, GoodDocument>();
  for (const piece of splitDocuments(text)) {
    const known = before.byText.get(piece.text);
    const documents = known === undefined ? readDocument(piece, path).map((read) => parseDocument(read, compatibility)) : [{ ...known, origin: placeOf(piece, path) }];
    for (const document of documents) {
      if (!("resource" in document)) bad.push(document);
      else good.push(document);
    }
    const only = documents[0];
    if (documents.length === 1 && only !== undefined && "resource" in only) byText.set(piece.text, only);
  }
  return { good, bad, byText };
}

/** They are kept beside the files, where the control plane can write them and others cannot read them. */
const noSecrets: Violation = { path: "type", message: "secrets are not read from files; put them with the API" };

function parseDocument(read: ReadDocument, compatibility: Compatibility): GoodDocument | BadDocument {
  if (!read.ok) return { origin: read.origin, violations: read.violations };
  const parsed = parseResource(read.value, compatibility);
  if (parsed.ok && isSensitiveKind(parsed.resource.kind)) return { origin: read.origin, violations: [noSecrets] };
  if (parsed.ok) return { origin: read.origin, resource: withStoreLabels(parsed.resource), notices: parsed.notices };
  return { origin: read.origin, violations: parsed.violations, ...(parsed.key === undefined ? {} : { key: parsed.key }) };
}
