import { fieldPath } from "../base/field-path.ts";
import { asArray, asObject, asString, ownField } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { spiffeIdProblem } from "./spiffe-id.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a list of matches (`matches` of `rules`, `allow` of a permission), in the texts of Kuma 2.14. */
export function validateMatches(value: unknown, path: string): readonly Violation[] {
  return (asArray(value) ?? []).flatMap((match, i) => validateMatch(match, fieldPath(path, i)));
}

/** What is wrong with one match. Beside Kuma, a prefix may end in a slash: without it `spiffe://mesh/back` means `backend` as well. */
export function validateMatch(value: unknown, path: string): readonly Violation[] {
  const match = asObject(value);
  if (match === undefined) return [];
  const [spiffeId, sni] = [ownField(match, "spiffeID"), ownField(match, "sni")];
  if (spiffeId === undefined && sni === undefined) return [{ path, message: "must specify at least one of 'spiffeID' or 'sni'" }];
  return [
    ...validateSpiffeId(asObject(spiffeId), fieldPath(path, "spiffeID")),
    ...validateServerName(asObject(sni), fieldPath(path, "sni")),
  ];
}

function validateSpiffeId(fields: Fields | undefined, path: string): readonly Violation[] {
  if (fields === undefined) return [];
  const type = asString(ownField(fields, "type"));
  const written = ownField(fields, "value");
  const value = asString(written) ?? "";
  const cause = written === undefined || typeof written === "string" ? spiffeIdProblem(type === "Prefix" && value.endsWith("/") ? value.slice(0, -1) : value) : undefined;
  const found = typeProblems(fields, ["Exact", "Prefix"], path);
  return cause === undefined ? found : [...found, { path, message: `must be a valid Spiffe ID: ${cause}` }];
}

function validateServerName(fields: Fields | undefined, path: string): readonly Violation[] {
  if (fields === undefined) return [];
  const written = ownField(fields, "value");
  const found = typeProblems(fields, ["Exact"], path);
  const at = fieldPath(path, "value");
  if (written === undefined || written === "") return [...found, { path: at, message: "must be set" }];
  const name = asString(written) ?? "a";
  if (name.length > 253) return [...found, { path: at, message: "must be no more than 253 characters" }];
  return serverName.test(name) ? found : [...found, { path: at, message: serverNameText }];
}

const serverName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const serverNameText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";

function typeProblems(fields: Fields, known: readonly string[], path: string): readonly Violation[] {
  const written = ownField(fields, "type");
  const at = fieldPath(path, "type");
  if (written === undefined || written === "") return [{ path: at, message: "must be set" }];
  if (typeof written !== "string" || known.includes(written)) return [];
  return [{ path: at, message: `unrecognized type ${JSON.stringify(written)}, supported values are: ${known.join(", ")}` }];
}
