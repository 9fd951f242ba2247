import { fieldPath } from "../../base/field-path.ts";
import { asArray, asNumber, asObject, asString, ownField } from "../../base/json.ts";
import type { Violation } from "../../base/violation.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with an `http` block beyond its shape. `path` is where the block stands. */
export function validateHttp(http: Fields | undefined, path: string): readonly Violation[] {
  const found: Violation[] = [];
  const requested = asString(ownField(http, "path"));
  if (requested === "") found.push({ path: fieldPath(path, "path"), message: "must be defined" });
  if (hasControlCharacter(requested ?? "")) found.push({ path: fieldPath(path, "path"), message: "must not contain control characters" });
  const statuses = asArray(ownField(http, "expectedStatuses")) ?? [];
  statuses.forEach((value, i) => {
    const status = asNumber(value);
    if (status === undefined || (status >= 100 && status <= 599)) return;
    found.push({ path: fieldPath(fieldPath(path, "expectedStatuses"), i), message: "must be in inclusive range [100, 599]" });
  });
  const headers = asObject(ownField(http, "requestHeadersToAdd"));
  for (const list of ["set", "add"]) {
    found.push(...validateHeaders(asArray(ownField(headers, list)) ?? [], fieldPath(fieldPath(path, "requestHeadersToAdd"), list)));
  }
  return found;
}

function validateHeaders(headers: readonly unknown[], path: string): readonly Violation[] {
  const found: Violation[] = [];
  const seen = new Set<string>();
  headers.forEach((header, i) => {
    const at = fieldPath(path, i);
    const name = asString(ownField(asObject(header), "name"));
    const value = asString(ownField(asObject(header), "value")) ?? "";
    if (/[\0\r\n]/.test(value)) found.push({ path: fieldPath(at, "value"), message: "must not contain line breaks or NUL" });
    if (name !== undefined && seen.has(name)) found.push({ path: fieldPath(at, "name"), message: `duplicate value: ${JSON.stringify(name)}` });
    if (name !== undefined) seen.add(name);
  });
  return found;
}

/** Envoy takes a tab in a path, and no other control character. */
function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}
