import { isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import { asArray, asObject } from "../../core/base/json.ts";
import type { Violation } from "../../core/base/violation.ts";
import { isNestedTooDeep, looksNestedTooDeep, maxDepth } from "./nesting.ts";
import { splitDocuments, type DocumentText } from "./split-documents.ts";

/** One document of a text: its value as plain JSON data, or why it has none. Whether the value is a resource is not looked at. */
export type ReadDocument =
  | { readonly ok: true; readonly origin: string; readonly value: unknown }
  | { readonly ok: false; readonly origin: string; readonly violations: readonly Violation[] };

/** Largest document, in bytes of UTF-8. Kuma's and Kubernetes' own limits are of this size. */
export const maxDocumentBytes = 1024 * 1024;

/** How many nodes the aliases of one document may stand for, and how many merge keys it may have: more is a bomb. */
const maxAliasCount = 100;

/**
 * Reads YAML (1.2, with merge keys) or JSON, several documents in one text, and the items of a Kubernetes `kind: List` each for
 * itself. `origin` names the text; each document's origin adds its number and line: `mesh.yaml, document 2 (line 14)`. Documents
 * that cannot be read do not hinder the others. Never throws.
 */
export function readDocuments(text: string, origin: string): ReadDocument[] {
  if (text.includes("\0")) return [{ ok: false, origin, violations: [{ path: "", message: "is not text: it has NUL characters" }] }];
  return splitDocuments(text.replace(/^\uFEFF/, "")).flatMap((piece) => readDocument(piece, origin));
}

/** One piece of a text: one document, or the items of a list. */
export function readDocument(piece: DocumentText, origin: string): ReadDocument[] {
  const read = readWhole(piece, origin);
  return (read.ok ? listItems(read.value, read.origin) : undefined) ?? [read];
}

/** One piece of a text as one document, a list too; of at most so many bytes. */
export function readWhole(piece: DocumentText, origin: string, maxBytes: number = maxDocumentBytes): ReadDocument {
  return { ...readPiece(piece, maxBytes), origin: placeOf(piece, origin) };
}

/** The parser quotes what it was given, however long. */
const longestMessage = 300;

type PieceResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly violations: readonly Violation[] };

function readPiece(piece: DocumentText, maxBytes: number): PieceResult {
  const bytes = Buffer.byteLength(piece.text);
  if (bytes > maxBytes) return refuse(`is too large: ${bytes} bytes, and a document may have ${maxBytes}`);
  try {
    return looksNestedTooDeep(piece.text) ? refuse(tooDeep) : parsePiece(piece);
  } catch (error) {
    if (error instanceof RangeError) return refuse(tooDeep);
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function parsePiece(piece: DocumentText): PieceResult {
  const lines = new LineCounter();
  // The parser's own check for duplicate keys compares each with each, which takes seconds for a map of some ten thousand.
  const document = parseDocument(piece.text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, merge: true, stringKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `line ${line + piece.firstLine - 1}, column ${col}`;
  };
  // The first few: what follows a syntax error is mostly its echo.
  const errors = document.errors.slice(0, 3).map(({ pos, message }) => `${place(pos[0])}: ${message.slice(0, longestMessage)}`);
  const found = errors.length > 0 ? errors : keyErrors(document, place).slice(0, 3);
  if (found.length > 0) return { ok: false, violations: found.map((message) => ({ path: "", message })) };
  const value: unknown = document.toJS({ maxAliasCount });
  return isNestedTooDeep(value) ? refuse(tooDeep) : { ok: true, value };
}

/** Keys that stand twice in one map, and merge keys beyond what anybody needs. */
function keyErrors(document: Document, place: (offset: number) => string): string[] {
  const found: string[] = [];
  let merges = 0;
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (key.value === "<<" || typeof key.value === "symbol") merges++;
        const text = String(key.source).slice(0, longestMessage);
        if (seen.has(key.value)) found.push(`${place(key.range?.[0] ?? 0)}: the key "${text}" stands here a second time`);
        seen.add(key.value);
      }
    },
  });
  return merges > maxAliasCount ? [`has ${merges} merge keys, and a document may have ${maxAliasCount}`] : found;
}

const tooDeep = `is nested deeper than ${maxDepth} levels`;

function refuse(message: string): PieceResult {
  return { ok: false, violations: [{ path: "", message }] };
}

/** Origin of a piece of the text `origin`: its number, and the line on which something is written first. */
export function placeOf(piece: DocumentText, origin: string): string {
  const index = piece.text.split("\n").findIndex((line) => !/^\s*(#.*)?$/.test(line));
  return `${origin}, document ${piece.number} (line ${piece.firstLine + Math.max(index, 0)})`;
}

function listItems(value: unknown, place: string): ReadDocument[] | undefined {
  const list = asObject(value);
  const items = list?.["kind"] === "List" && list["apiVersion"] === "v1" ? asArray(list["items"]) : undefined;
  return items?.map((item, index) => ({ ok: true, origin: `${place}, item ${index + 1}`, value: item }));
}
