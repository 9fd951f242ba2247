import { parseDocument } from "yaml";
import { checkSchema } from "../base/check-schema.ts";
import { copyJson } from "../base/copy-json.ts";
import type { JsonSchema } from "../base/json-schema.ts";
import type { JsonValue } from "../base/json.ts";
import { noticeText } from "../base/notice.ts";
import { shapeBySchema, type UnknownField } from "../base/shape-by-schema.ts";
import type { Violation } from "../base/violation.ts";

export type ReadYaml =
  | { readonly ok: true; readonly value: JsonValue; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** A text, YAML or JSON, as a schema of an object has it; nothing is `{}`. Names that the schema does not know are warnings. */
export function readYaml(text: string, schema: JsonSchema): ReadYaml {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) return refused([{ path: "", message: `is neither YAML nor JSON: ${firstLine(error.message)}` }]);
  const { value, violations } = copyJson(asJson(document));
  if (violations.length > 0) return refused(violations);
  const given = value ?? {};
  const wrong = checkSchema(schema, given);
  if (wrong.length > 0) return refused(wrong);
  const unknown: UnknownField[] = [];
  const shaped = shapeBySchema(schema, given, "", unknown);
  return { ok: true, value: shaped, warnings: unknown.map(noticeText) };
}

function asJson(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    // Aliases that refer to each other until they fill the memory.
    return undefined;
  }
}

function refused(violations: readonly Violation[]): ReadYaml {
  return { ok: false, violations };
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replace(/:$/, "");
}
