import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { root } from "../../../scripts/lib/root.mjs";
import { waitUntil } from "../wait-until.ts";
import type { ApiServer } from "./api-server.ts";

const folder = path.join(root, "crds");

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly group: string; readonly names: { readonly plural: string }; readonly versions: readonly { readonly name: string }[] };
}

/** Makes the kinds of `crds/` known to an API server, and resolves when it answers for each. */
export async function applyCrds(api: ApiServer): Promise<void> {
  const texts = await Promise.all((await readdir(folder)).filter((name) => name.endsWith(".yaml")).map((name) => readFile(path.join(folder, name), "utf8")));
  if (texts.length === 0) throw new Error("there is nothing in crds/");
  await Promise.all(texts.map(async (text) => {
    const { metadata, spec } = parse(text) as Definition;
    const at = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}?fieldManager=test&force=true`;
    const answer = await api.request("PATCH", at, { body: text, contentType: "application/apply-patch+yaml" });
    if (answer.status >= 300) throw new Error(`${metadata.name} was refused: ${JSON.stringify(answer.body)}`);
    const list = `/apis/${spec.group}/${spec.versions[0]?.name ?? ""}/${spec.names.plural}?limit=1`;
    await waitUntil(`${spec.names.plural} can be listed`, async () => (await api.request("GET", list)).status === 200);
  }));
}
