import { fieldPath, keyPath } from "../base/field-path.ts";
import { asObject, asString, jsonTypeOf } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { labelNames } from "../model/label-names.ts";
import type { Labels } from "../model/resource.ts";

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainText =
  "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const labelPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelPartText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** What is wrong with a resource's name: it has to be an RFC 1123 subdomain of at most 253 characters. */
export function nameProblems(name: unknown, path: string): readonly Violation[] {
  if (name === undefined) return [{ path, message: "in body is required" }];
  if (typeof name !== "string") return [wrongType(name, path)];
  if (name === "") return [{ path, message: "cannot be empty" }];
  if (name.length > 253) return [{ path, message: "must be no more than 253 characters" }];
  return subdomain.test(name) ? [] : [{ path, message: subdomainText }];
}

/** What is wrong with the name of a mesh. */
export function meshProblems(mesh: unknown, path: string): readonly Violation[] {
  if (typeof mesh !== "string") return [wrongType(mesh, path)];
  if (mesh === "") return [{ path, message: "cannot be empty" }];
  if (mesh.length > 253) return [{ path, message: "must be no more than 253 characters" }];
  const message = "invalid characters. Valid characters are numbers, lowercase latin letters and '-', '_', '.' symbols.";
  return /^[0-9a-z\-_.]*$/.test(mesh) ? [] : [{ path, message }];
}

/** What is wrong with labels, which follow the rules of Kubernetes; and the label `kuma.io/mesh` has to name the mesh. */
export function labelProblems(labels: unknown, path: string, mesh: unknown): readonly Violation[] {
  if (labels === undefined) return [];
  const pairs = asObject(labels);
  if (pairs === undefined) return [{ path, message: `in body must be of type object: "${jsonTypeOf(labels)}"` }];
  return Object.entries(pairs).flatMap(([key, value]) => {
    if (typeof value !== "string") return [wrongType(value, fieldPath(path, key))];
    const message = keyProblem(key) ?? valueProblem(key, value) ?? meshProblem(key, value, mesh);
    return message === undefined ? [] : [{ path: keyPath(path, key), message }];
  });
}

/** The labels of a document as pairs; what is no text is left out (and was reported). */
export function labelsOf(labels: unknown): Labels {
  return Object.fromEntries(Object.entries(asObject(labels) ?? {}).filter((pair): pair is [string, string] => asString(pair[1]) !== undefined));
}

function wrongType(value: unknown, path: string): Violation {
  return { path, message: `in body must be of type string: "${jsonTypeOf(value)}"` };
}

function keyProblem(key: string): string | undefined {
  const slash = key.lastIndexOf("/");
  const [prefix, name] = [key.slice(0, Math.max(slash, 0)), key.slice(slash + 1)];
  if (slash >= 0 && (prefix.length > 253 || !subdomain.test(prefix))) return `prefix part of the name: ${subdomainText}`;
  if (name.length > 63) return "name part must be no more than 63 characters";
  return labelPart.test(name) ? undefined : `name part ${labelPartText}`;
}

/** Names are longer than label values may be; the labels that repeat one follow the rule for names. */
function valueProblem(key: string, value: string): string | undefined {
  if (key === labelNames.displayName || key === labelNames.mesh) return undefined;
  if (value.length > 63) return "must be no more than 63 characters";
  return value === "" || labelPart.test(value) ? undefined : labelPartText;
}

function meshProblem(key: string, value: string, mesh: unknown): string | undefined {
  return key === labelNames.mesh && mesh !== "" && mesh !== value ? "must be the same as the mesh of the resource" : undefined;
}
