import { asObject, asString, ownField } from "../../../core/base/json.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { ReadDocument } from "../read-documents.ts";
import { isSealed, SealBroken, unsealTexts } from "./seal.ts";
import type { ArchivedFile, SealedContent } from "./write-archive.ts";

/** What documents hold once their secrets are opened. */
export interface ReadArchive {
  /** Without the sealed ones, with what was in them. */
  readonly documents: readonly ReadDocument[];
  readonly files: readonly ArchivedFile[];
  /** By the text of the key. */
  readonly creationTimes: ReadonlyMap<string, string>;
}

/** How to open what is sealed: with a passphrase; or `leave` it out. */
export type Unsealing = { readonly passphrase: string | undefined } | "leave";

/** Opens the sealed documents among others. What is wrong with them is a document with a violation; never throws. */
export async function readArchive(documents: readonly ReadDocument[], unsealing: Unsealing): Promise<ReadArchive> {
  const sealed = documents.filter((document) => document.ok && isSealed(document.value));
  const plain = documents.filter((document) => !sealed.includes(document));
  const contents = unsealing === "leave" ? [] : await opened(sealed, unsealing.passphrase);
  const unsealed = contents.flatMap((content, part) =>
    "violation" in content ? [refused(content.violation, content.origin)] : content.resources.map((value, at) => ({ ok: true, origin: `secrets, part ${part + 1}, resource ${at + 1}`, value }) as const),
  );
  const files = contents.flatMap((content) => ("violation" in content ? [] : content.files));
  const all = [...plain, ...unsealed];
  return { documents: all, files, creationTimes: new Map(all.flatMap(creationTimeOf)) };
}

type Opened = SealedContent | { readonly violation: string; readonly origin: string };

async function opened(sealed: readonly ReadDocument[], passphrase: string | undefined): Promise<readonly Opened[]> {
  const origin = sealed[0]?.origin ?? "";
  if (sealed.length === 0) return [];
  if (passphrase === undefined) return [{ origin, violation: "holds secrets: give the passphrase with which they were sealed, or leave them out" }];
  try {
    const texts = await unsealTexts(sealed.map((document) => (document.ok ? document.value : undefined)), passphrase);
    return texts.map((text) => JSON.parse(text) as SealedContent);
  } catch (error) {
    if (error instanceof SealBroken) return [{ origin, violation: error.message }];
    throw error;
  }
}

function refused(message: string, origin: string): ReadDocument {
  return { ok: false, origin, violations: [{ path: "", message }] };
}

function creationTimeOf(document: ReadDocument): readonly (readonly [string, string])[] {
  const fields = document.ok ? asObject(document.value) : undefined;
  const text = (name: string): string => asString(ownField(fields, name)) ?? "";
  const time = text("creationTime");
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(time) && !Number.isNaN(Date.parse(time));
  return isTime ? [[keyText({ kind: text("type"), mesh: text("mesh"), name: text("name") }), new Date(time).toISOString()]] : [];
}
