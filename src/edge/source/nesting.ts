import { CST, Lexer } from "yaml";

/** How deep objects and lists may lie in each other. No resource needs more than a dozen; every later stage may recurse. */
export const maxDepth = 64;

/**
 * True when a YAML text opens more than `maxDepth` flow lists and maps in each other, or as many block ones on one line. Looked at
 * before parsing, because the parser needs a stack as deep and seconds for what nobody meant. Deep nesting by indentation stays
 * for `isNestedTooDeep`: it costs its author a kilobyte a level.
 */
export function looksNestedTooDeep(text: string): boolean {
  return mayBeDeep(text) && lexesDeep(text);
}

/** The same, of a value. Level by level, so that it needs no stack. */
export function isNestedTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    level = level.flatMap((inner): unknown[] => (typeof inner === "object" && inner !== null ? Object.values(inner) : []));
  }
  return false;
}

/** A quick look that takes text in quotes and comments for structure: says yes too often, never no wrongly. */
function mayBeDeep(text: string): boolean {
  return (text.match(/[[{]/g)?.length ?? 0) > maxDepth || /(?:[-?:][ \t]+){33}/.test(text);
}

function lexesDeep(text: string): boolean {
  let [flow, line] = [0, 0];
  for (const source of new Lexer().lex(text)) {
    const type = CST.tokenType(source);
    if (type === "flow-seq-start" || type === "flow-map-start") flow++;
    else if (type === "flow-seq-end" || type === "flow-map-end") flow--;
    else if (type === "newline") line = 0;
    else if (type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind") line += flow > 0 ? 0 : 1;
    if (flow > maxDepth || line > maxDepth) return true;
  }
  return false;
}
