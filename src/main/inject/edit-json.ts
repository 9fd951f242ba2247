/** The text as JSON, when it is; undefined otherwise. */
export function parsedJson(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** A value as JSON, indented as this text is, which it takes the place of. */
export function formatJsonLike(text: string, value: unknown): string {
  const [, indent] = /^\s*[{[]\s*\n([ \t]+)/.exec(text) ?? [];
  return `${JSON.stringify(value, null, indent)}\n`;
}
