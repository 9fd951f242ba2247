import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { root } from "../root.mjs";

/** The files of crds/, which scripts/generate-crds.ts makes from the schemas, by name. */
export function crdFiles(): readonly { readonly name: string; readonly path: string }[] {
  const folder = path.join(root, "crds");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".yaml")).sort() : [];
  return names.map((name) => ({ name, path: path.join(folder, name) }));
}
