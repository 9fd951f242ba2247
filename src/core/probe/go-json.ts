/** Characters that Go's `encoding/json` escapes and JavaScript does not, so that the text can stand in HTML and in scripts. */
const escapedByGo = /[<>&\u2028\u2029]/g;

/**
 * A value as JSON, byte for byte as Go's `json.Marshal` writes it: no blanks, `<`, `>`, `&` and the two line separators of Unicode
 * escaped, halves of surrogate pairs replaced. Members stay in the order in which they are.
 */
export function goJson(value: unknown): string {
  const json = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "string" ? inner.replace(/\p{Surrogate}/gu, "\uFFFD") : inner));
  return json.replace(escapedByGo, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
