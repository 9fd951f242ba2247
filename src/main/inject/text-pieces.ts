import { splitDocuments, type DocumentText } from "../../edge/source/split-documents.ts";

/** A document of a text, and where it stands there to the byte. */
export interface TextPiece {
  readonly document: DocumentText;
  /** What stands before it and is no part of it: its marker, when that has a line of its own. */
  readonly marker: string;
  /** The document alone, as it was written. */
  readonly body: string;
  readonly start: number;
  readonly end: number;
}

/** The documents of a text, in their order. What lies between them is in none. */
export function textPieces(text: string): readonly TextPiece[] {
  const starts = lineStarts(text);
  return splitDocuments(text).map((document) => {
    const start = starts[document.firstLine - 1] ?? 0;
    const end = starts[document.firstLine - 1 + document.text.split("\n").length] ?? text.length;
    const raw = text.slice(start, end);
    const [line = ""] = /^[^\n]*(\n|$)/.exec(raw) ?? [];
    if (!/^(---|\.\.\.)(?=\s|$)/.test(line)) return { document, marker: "", body: raw, start, end };
    if (/^...[ \t]*(#.*)?\r?\n?$/.test(line)) return { document, marker: line, body: raw.slice(line.length), start, end };
    return { document, marker: "---\n", body: `   ${raw.slice(3)}`, start, end };
  });
}

function lineStarts(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
}
