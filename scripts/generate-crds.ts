import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { definedKinds, fileName, formatDefinition } from "./crds/definition.ts";

// The files that test/kube/generated-crds.test.ts holds equal to the schemas.
const folder = new URL("../crds/", import.meta.url);
await mkdir(folder, { recursive: true });
for (const name of await readdir(folder)) await rm(new URL(name, folder));
for (const kind of definedKinds) await writeFile(new URL(fileName(kind), folder), formatDefinition(kind));
