import type { Violation } from "../../core/base/violation.ts";
import { keyText } from "../../core/model/resource.ts";
import type { Resource, ResourceKey } from "../../core/model/resource.ts";
import { isSensitiveKind } from "../../core/model/secret-kind.ts";
import type { Compatibility } from "../../core/policy/compatibility.ts";
import { formatResource, parseResource } from "../../core/policy/parse-resource.ts";
import type { ParseResult } from "../../core/policy/parse-result.ts";
import { stamped } from "./plan-put.ts";
import type { Problem } from "./port.ts";

/** One row of the table `resources`, in whichever database. */
export interface ResourceRow extends ResourceKey {
  readonly document: string;
  readonly creation_time: string;
  readonly modification_time: string;
}

/** The document column: the Universal form, without what has columns of its own. */
export function documentOf(resource: Resource): string {
  return JSON.stringify({ ...formatResource(resource), creationTime: undefined, modificationTime: undefined, kri: undefined });
}

/** Reads a row back. A row that this release cannot read is a Problem; it stays in the table. */
export function readRow(row: ResourceRow, compatibility: Compatibility): { readonly resource: Resource } | { readonly problem: Problem } {
  const key: ResourceKey = { kind: row.kind, mesh: row.mesh, name: row.name };
  const refuse = (...violations: Violation[]): { readonly problem: Problem } => ({ problem: { origin: `row ${keyText(key)}`, key, violations } });
  let parsed: ParseResult;
  try {
    parsed = parseResource(JSON.parse(row.document), compatibility);
  } catch (error) {
    // The parser's message cites the text, and this one may be a secret.
    const reason = isSensitiveKind(key.kind) ? "not JSON" : error instanceof Error ? error.message : String(error);
    return refuse({ path: "", message: `cannot be read: ${reason}` });
  }
  if (!parsed.ok) return refuse(...parsed.violations);
  if (keyText(parsed.resource) !== keyText(key)) return refuse({ path: "", message: `is the document of ${keyText(parsed.resource)}` });
  return { resource: stamped(parsed.resource, row.creation_time, row.modification_time) };
}
