import type { Notice } from "../../../core/base/notice.ts";
import { keyText } from "../../../core/model/resource.ts";
import type { Resource } from "../../../core/model/resource.ts";
import { defaultMesh } from "../default-mesh.ts";
import { keyOf } from "../key-of.ts";
import type { Problem } from "../port.ts";
import type { GoodDocument } from "./file-documents.ts";
import type { FileState } from "./file-state.ts";

/** What a whole folder gives: each key once, everything in a mesh that exists. */
export interface FolderState {
  /** With the time of the file that each came from. */
  readonly resources: readonly { readonly resource: Resource; readonly modifiedMs: number }[];
  readonly problems: readonly Problem[];
  readonly notices: readonly Notice[];
}

interface Candidate extends GoodDocument {
  readonly modifiedMs: number;
}

/**
 * Puts files together, in the order of their paths. Of several documents with one key the first stays and the others are
 * problems; what is only kept for a bad document yields to any good one. The mesh `default` is there even when nobody wrote it.
 */
export function folderState(files: readonly FileState[]): FolderState {
  const problems: Problem[] = files.flatMap((file) => file.problems);
  const chosen = chooseFirst(files, problems);
  const meshes = new Set([...chosen.values()].filter(({ resource }) => resource.kind === "Mesh").map(({ resource }) => resource.name));
  if (!meshes.has("default")) chosen.set(keyText(defaultMesh), { origin: "", resource: defaultMesh, notices: [], modifiedMs: 0 });
  meshes.add("default");
  const resources = [...chosen.values()].filter((candidate) => {
    const { resource, origin } = candidate;
    const lives = resource.kind === "Mesh" || meshes.has(resource.mesh);
    if (!lives) problems.push(meshMissing(resource, origin));
    return lives;
  });
  return { resources, problems, notices: resources.flatMap(({ notices }) => notices) };
}

function chooseFirst(files: readonly FileState[], problems: Problem[]): Map<string, Candidate> {
  const chosen = new Map<string, Candidate>();
  for (const { documents, modifiedMs } of files) {
    for (const document of documents.good) {
      const text = keyText(document.resource);
      const first = chosen.get(text);
      if (first === undefined) chosen.set(text, { ...document, modifiedMs });
      else problems.push(duplicate(document, first));
    }
  }
  for (const { kept, modifiedMs } of files) {
    for (const document of kept) {
      const text = keyText(document.resource);
      if (!chosen.has(text)) chosen.set(text, { ...document, modifiedMs });
    }
  }
  return chosen;
}

function duplicate({ resource, origin }: GoodDocument, first: GoodDocument): Problem {
  const message = `${described(resource)} is already defined in ${first.origin}; that one stays, this one is not used`;
  return { origin, key: keyOf(resource), violations: [{ path: "name", message }] };
}

function meshMissing(resource: Resource, origin: string): Problem {
  const message = `mesh "${resource.mesh}" does not exist; add a document with type: Mesh and name: ${resource.mesh} to the folder`;
  return { origin, key: keyOf(resource), violations: [{ path: "mesh", message }] };
}

function described({ kind, mesh, name }: Resource): string {
  return mesh === "" ? `${kind} "${name}"` : `${kind} "${name}" of mesh "${mesh}"`;
}
