import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ResourceKey } from "../../src/core/model/resource.ts";
import { formatResource } from "../../src/core/policy/parse-resource.ts";
import { createFileSource } from "../../src/edge/source/file/file-source.ts";
import { sourceContract } from "./source-contract.ts";
import { temporaryFolder } from "./temporary-folder.ts";

sourceContract("file", async () => {
  const folder = await temporaryFolder();
  const source = createFileSource({ folder: folder.path });
  const fileOf = ({ kind, mesh, name }: ResourceKey): string => join(folder.path, `${kind}-${mesh}-${name}.json`);
  return {
    source,
    put: (resource) => writeFile(fileOf(resource), JSON.stringify(formatResource(resource))),
    remove: (key) => rm(fileOf(key)),
    dispose: async () => {
      await source.close();
      await folder.remove();
    },
  };
});
