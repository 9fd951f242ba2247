import { readFile } from "node:fs/promises";
import { asObject, asString, ownField } from "../../core/base/json.ts";
import type { InjectionNamespace } from "../../core/injection/inject-pod.ts";
import type { Labels } from "../../core/model/resource.ts";
import { decodeText, maxFileBytes } from "../../edge/source/decode-text.ts";
import { readWhole, type ReadDocument } from "../../edge/source/read-documents.ts";
import { CommandFailure, exitStatus, messageOf } from "../exit-status.ts";
import type { Terminal } from "../terminal.ts";
import { textPieces, type TextPiece } from "./text-pieces.ts";

/** A text and its documents. */
export interface ReadText {
  readonly text: string;
  readonly pieces: readonly { readonly piece: TextPiece; readonly read: ReadDocument }[];
}

/** Reads a file, or standard input for `-`. @throws CommandFailure when it cannot be read, or is no text */
export async function readText(place: string, terminal: Pick<Terminal, "readInput">): Promise<ReadText> {
  const origin = place === "-" ? "standard input" : place;
  const decoded = decodeText(await bytesAt(place, terminal));
  if (!decoded.ok) throw new CommandFailure(exitStatus.invalid, `${origin}: ${decoded.message}`);
  const { text } = decoded;
  return { text, pieces: textPieces(text).map((piece) => ({ piece, read: readWhole(piece.document, origin, maxFileBytes) })) };
}

async function bytesAt(place: string, terminal: Pick<Terminal, "readInput">): Promise<Uint8Array> {
  if (place === "-") return await terminal.readInput();
  try {
    return await readFile(place);
  } catch (error) {
    throw new CommandFailure(exitStatus.invalid, `${place}: cannot be read: ${messageOf(error)}`);
  }
}

/** What the Namespaces among the documents say, by their names. */
export function namespacesIn(texts: readonly ReadText[]): ReadonlyMap<string, InjectionNamespace> {
  const values = texts.flatMap(({ pieces }) => pieces.flatMap(({ read }) => (read.ok ? objectsIn(read.value) : [])));
  return new Map(
    values.flatMap((object) => {
      const metadata = asObject(object["metadata"]);
      const name = asString(ownField(metadata, "name"));
      if (object["kind"] !== "Namespace" || object["apiVersion"] !== "v1" || name === undefined) return [];
      return [[name, { name, labels: textsOf(metadata, "labels"), annotations: textsOf(metadata, "annotations") }] as const];
    }),
  );
}

function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const object = asObject(value);
  const items = object?.["kind"] === "List" ? object["items"] : undefined;
  if (Array.isArray(items)) return items.flatMap(objectsIn);
  return object === undefined ? [] : [object];
}

function textsOf(metadata: Readonly<Record<string, unknown>> | undefined, member: string): Labels {
  const texts = Object.entries(asObject(ownField(metadata, member)) ?? {});
  return Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
