import { fieldPath } from "../../base/field-path.ts";
import { asObject, asString, ownField } from "../../base/json.ts";
import type { Violation } from "../../base/violation.ts";

/** What is wrong with a list of header matches beyond its shape. `path` is where the list stands. */
export function validateHeaderMatches(matches: readonly unknown[], path: string): readonly Violation[] {
  return matches.flatMap((value, i): Violation[] => {
    const match = asObject(value);
    if (match === undefined) return [];
    const at = fieldPath(fieldPath(path, i), "value");
    const type = asString(ownField(match, "type") ?? "Exact");
    const text = ownField(match, "value");
    if (type === "Present" || type === "Absent") return [];
    if (text === undefined || (text === "" && type !== "Exact")) return [{ path: at, message: "must be defined" }];
    const problem = type === "RegularExpression" ? regexProblem(asString(text) ?? "") : undefined;
    return problem === undefined ? [] : [{ path: at, message: problem }];
  });
}

/**
 * Envoy refuses routes with an expression that RE2 does not take. What RE2 leaves out of other engines' syntax is known; beyond that, what
 * no engine takes is refused here, and what is left is for the proxy to tell.
 */
function regexProblem(expression: string): string | undefined {
  const plain = expression.replaceAll(/\\./g, (escaped) => (/\\[1-9]/.test(escaped) ? escaped : "_"));
  if (/\(\?<?[=!]/.test(plain)) return "must be an expression in RE2's syntax, which has no look-ahead and no look-behind";
  if (/\\[1-9]/.test(plain)) return "must be an expression in RE2's syntax, which has no references back";
  try {
    // Named groups and flags within the expression are written otherwise in RE2.
    new RegExp(expression.replaceAll("(?P<", "(?<").replaceAll(/\(\?[imsU-]+:/g, "(?:").replaceAll(/\(\?[imsU-]+\)/g, "").replaceAll(/\\[AzCQE]/g, "_").replaceAll(/\[\[:\^?[a-z]+:\]\]/g, "[a]"));
    return undefined;
  } catch {
    return "must be an expression in RE2's syntax";
  }
}
