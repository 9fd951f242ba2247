/** A text with its variables filled in, or all that is wrong with it. */
export interface FilledTemplate {
  readonly text: string;
  /** Each variable that the text names and nobody gave, once; lines are counted from 1. */
  readonly missing: readonly { readonly name: string; readonly line: number }[];
  /** Tags that are no variables (sections, partials), as they are written. */
  readonly unsupported: readonly { readonly tag: string; readonly line: number }[];
  /** Variables that the text names. */
  readonly used: ReadonlySet<string>;
}

/** `{{ name }}`, `{{{ name }}}` and `{{& name }}` mean a variable; `{{! … }}` is a comment. */
const tag = /\{\{\{([^{}]*)\}\}\}|\{\{([^{}]*)\}\}/g;
const variable = /^&?\s*([A-Za-z0-9_.-]+)$/;

/**
 * Fills the variables of a Mustache text in, as `kumactl apply --var` does, with two differences: a value is never HTML-escaped (this is
 * YAML, not HTML), and a variable that nobody gave is told instead of being taken for empty. Values are put in as they are, so that the
 * text around a tag decides about quotes.
 */
export function fillTemplate(text: string, variables: ReadonlyMap<string, string>): FilledTemplate {
  const missing = new Map<string, number>();
  const unsupported: { tag: string; line: number }[] = [];
  const used = new Set<string>();
  const filled = text.replace(tag, (whole: string, raw: string | undefined, plain: string | undefined, offset: number) => {
    const inner = (raw ?? plain ?? "").trim();
    if (inner.startsWith("!")) return "";
    const name = variable.exec(inner)?.[1];
    const line = text.slice(0, offset).split("\n").length;
    if (name === undefined) {
      unsupported.push({ tag: whole.slice(0, 80), line });
      return whole;
    }
    used.add(name);
    const value = variables.get(name);
    if (value === undefined && !missing.has(name)) missing.set(name, line);
    return value ?? whole;
  });
  return { text: filled, missing: [...missing].map(([name, line]) => ({ name, line })), unsupported, used };
}

/** Reads `name=value`, or several of them with commas between, as kumactl's `--var` takes them. Undefined: it is not of that form. */
export function parseVariables(text: string): readonly (readonly [name: string, value: string])[] | undefined {
  const pairs: [string, string][] = [];
  for (const part of text.split(/,(?=[A-Za-z0-9_.-]+=)/)) {
    const at = part.indexOf("=");
    const name = part.slice(0, at).trim();
    if (at < 1 || !/^[A-Za-z0-9_.-]+$/.test(name)) return undefined;
    pairs.push([name, part.slice(at + 1)]);
  }
  return pairs;
}
