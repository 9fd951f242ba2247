import { stringify } from "yaml";
import type { JsonObject } from "../../../core/base/json.ts";
import { applyOrder } from "../../../core/model/apply-order.ts";
import type { Resource } from "../../../core/model/resource.ts";
import { formatResource } from "../../../core/policy/format-resource.ts";
import { sealTexts } from "./seal.ts";

/** A file that belongs to the secrets. */
export interface ArchivedFile {
  /** Below the data directory, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What is only written down sealed. */
export interface Secrets {
  readonly resources: readonly Resource[];
  readonly files: readonly ArchivedFile[];
  readonly passphrase: string;
}

/** What one sealed document holds, as JSON. */
export interface SealedContent {
  readonly resources: readonly unknown[];
  readonly files: readonly ArchivedFile[];
}

/** A sealed document stays below the largest that is read. */
const resourcesInPart = 50;

/** What a store holds as a stream of YAML documents, in an order in which they can be applied; secrets, if any, in the last documents. */
export async function writeArchive(resources: readonly Resource[], secrets?: Secrets): Promise<string> {
  const documents = [...applyOrder(resources, (resource) => resource).map(archived), ...(secrets === undefined ? [] : await sealedDocuments(secrets))];
  return documents.map((document) => stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 })).join("---\n");
}

/** Universal form with its times; what follows from the rest is left out. */
function archived(resource: Resource): JsonObject {
  return Object.fromEntries(Object.entries(formatResource(resource)).filter(([field]) => field !== "kri"));
}

async function sealedDocuments({ resources, files, passphrase }: Secrets): Promise<readonly JsonObject[]> {
  const contents: SealedContent[] = [{ resources: [], files }];
  for (let start = 0; start < resources.length; start += resourcesInPart) {
    contents.push({ resources: resources.slice(start, start + resourcesInPart).map(archived), files: [] });
  }
  return await sealTexts(contents.map((content) => JSON.stringify(content)), passphrase);
}
