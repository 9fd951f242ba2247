/**
 * Which resources Envoy's text blames, out of those that the response carried.
 *
 * Envoy writes `Error adding/updating cluster(s) a: why, b: why` (listeners alike), and `a, b: why` in some versions. Only names that we sent
 * are looked for, so that a colon inside a name or inside a reason does no harm. Empty when the text names nobody.
 */
export function blamedNames(message: string, sent: readonly string[]): readonly string[] {
  const head = /Error adding\/updating [a-z ]+\(s\) /.exec(message);
  if (head === null) {
    return [];
  }
  const list = message.slice(head.index + head[0].length);
  return sent.filter((name) => standsInList(list, name));
}

function standsInList(list: string, name: string): boolean {
  for (let at = list.indexOf(name); at >= 0; at = list.indexOf(name, at + 1)) {
    const opens = at === 0 || list[at - 1] === "\n" || list.startsWith(", ", at - 2);
    const after = list.slice(at + name.length, at + name.length + 2);
    if (opens && (after === "" || after.startsWith(":") || after.startsWith(",") || after.startsWith("\n"))) {
      return true;
    }
  }
  return false;
}

/** The innermost reason: what stands after the last "caused by"; the whole text when nothing does. */
export function rootCause(message: string): string {
  const marker = /caused by:?\s*/gi;
  let rest = message;
  for (let found = marker.exec(message); found !== null; found = marker.exec(message)) {
    rest = message.slice(found.index + found[0].length);
  }
  return rest.trim();
}
