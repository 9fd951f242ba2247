import { Command } from "commander";
import { keyText, type Resource } from "../core/model/resource.ts";
import type { Config } from "../edge/config/config.ts";
import { readArchive } from "../edge/source/archive/read-archive.ts";
import type { ArchivedFile } from "../edge/source/archive/write-archive.ts";
import { planPutAll } from "../edge/source/plan-put.ts";
import type { PutResult, Store } from "../edge/source/port.ts";
import { StoreConflict, StoreUnavailable } from "../edge/source/store-error.ts";
import { collect } from "./collect-option.ts";
import { counted, resourceText, violationLine } from "./describe-problems.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { loadResources, type PlacedViolation } from "./load-resources.ts";
import { differingFiles, isAuthorityFile, writeAuthority } from "./own-authority.ts";
import { readConfig } from "./read-config.ts";
import { requireOptions } from "./required-options.ts";
import { readPassphrase, readStore, withStore } from "./store-access.ts";
import type { Terminal } from "./terminal.ts";

interface ImportOptions {
  readonly file: readonly string[];
  readonly overwrite: boolean;
  readonly dryRun: boolean;
  readonly passphraseFile?: string;
  readonly withoutSecrets: boolean;
}

/** What is to be put into a store. */
interface Import {
  readonly resources: readonly Resource[];
  readonly files: readonly ArchivedFile[];
}

export function importCommand(terminal: Terminal): Command {
  const command = new Command("import")
    .description("put what `store export` wrote into a store: all of it or, when anything is wrong, nothing")
    .usage("[options] [--store, --data-dir, --postgres-url … as for run]")
    .option("-f, --file <place>", "file, folder or - for standard input; may be repeated", collect)
    .option("--overwrite", "replace what is stored with another content; without it that is refused", false)
    .option("--dry-run", "say what would happen, and write nothing", false)
    .option("--passphrase-file <file>", "file with the passphrase of the secrets; default: PROBEPLANE_STORE_PASSPHRASE")
    .option("--without-secrets", "leave the secrets in the file alone", false)
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", "\nWhat is stored and not in the file stays.\nExit status: 0 imported, 1 something is not valid or would be replaced, 64 wrong use, 69 the store cannot be opened or written.")
    .action(async (options: ImportOptions, self: Command) => {
      requireOptions(options, { file: "-f, --file <place>" });
      await importStore(options, await readConfig(self.args, terminal), terminal);
    });
  return withExamples(command, {
    "see what would happen": "probeplane store import -f backup.yaml --store postgres --dry-run",
    "with secrets": "probeplane store import -f everything.yaml --store postgres --passphrase-file phrase.txt",
  });
}

async function importStore(options: ImportOptions, config: Config, terminal: Terminal): Promise<void> {
  const wanted = await readImport(options, config, terminal);
  const { results, files } = await withStore(config, (store) => putInto(store, wanted, options, config));
  for (const { outcome, resource } of results) if (outcome !== "unchanged") terminal.out(`${resourceText(resource)} ${outcome}${options.dryRun ? " (dry run)" : ""}\n`);
  for (const { path } of files) terminal.out(`${path} written${options.dryRun ? " (dry run)" : ""}\n`);
  const unchanged = results.filter(({ outcome }) => outcome === "unchanged").length;
  terminal.err(`${options.dryRun ? "would import" : "imported"} ${counted(results.length - unchanged, "resource")}, ${unchanged} unchanged\n`);
}

/** Everything that the places hold, opened and valid. @throws CommandFailure with all that is wrong. */
async function readImport(options: ImportOptions, { dataDir, compatibility }: Config, terminal: Terminal): Promise<Import> {
  const passphrase = await readPassphrase(options.passphraseFile, terminal);
  const unpacked = { files: [] as readonly ArchivedFile[], creationTimes: new Map() as ReadonlyMap<string, string> };
  const loaded = await loadResources(options.file, terminal, compatibility, {
    unpack: async (documents) => {
      const archive = await readArchive(documents, options.withoutSecrets ? "leave" : { passphrase });
      Object.assign(unpacked, { files: archive.files, creationTimes: archive.creationTimes });
      return archive.documents;
    },
  });
  const foreign = unpacked.files.filter((file) => !isAuthorityFile(file, dataDir)).map(({ path }) => `the secrets hold a file that is not known: ${JSON.stringify(path)}`);
  refuseFor([...loaded.violations.map(hinted), ...foreign]);
  for (const { notice, origin } of loaded.notices) terminal.err(`warning: ${origin}: ${notice.message}\n`);
  const resources = loaded.resources.map(({ resource }) => {
    const creationTime = unpacked.creationTimes.get(keyText(resource));
    return creationTime === undefined ? resource : Object.freeze({ ...resource, creationTime });
  });
  return { resources, files: unpacked.files };
}

function hinted(violation: PlacedViolation): string {
  const hint = violation.message.startsWith("holds secrets:") ? " (--passphrase-file or PROBEPLANE_STORE_PASSPHRASE, --without-secrets)" : "";
  return `${violationLine(violation)}${hint}`;
}

async function putInto(store: Store, { resources, files }: Import, { overwrite, dryRun }: ImportOptions, { dataDir }: Config): Promise<{ readonly results: readonly PutResult[]; readonly files: readonly ArchivedFile[] }> {
  const { resources: present, problems } = await readStore(store);
  const stored = new Map(present.map((resource) => [keyText(resource), resource]));
  refuseFor(missingMeshes(resources, present));
  const planned = planPutAll((key) => stored.get(keyText(key)), resources, true, new Date());
  const unreadable = new Set(problems.flatMap(({ key }) => (key === undefined ? [] : [keyText(key)])));
  const replaced = planned.filter(({ outcome, resource }) => outcome === "updated" || unreadable.has(keyText(resource)));
  const differing = await differingFiles(files, dataDir);
  const conflicts = [...replaced.map(({ resource }) => resourceText(resource)), ...differing].map((what) => `${what}: is there with another content`);
  if (!overwrite && conflicts.length > 0) refuseFor([...conflicts, "--overwrite replaces what is there"]);
  if (dryRun) return { results: planned, files };
  const results = await store.putAll(resources, { overwrite }).catch((error: unknown) => {
    if (error instanceof StoreConflict) throw new CommandFailure(exitStatus.invalid, `${error.message}; nothing was written`);
    if (error instanceof StoreUnavailable) throw new CommandFailure(exitStatus.unavailable, error.message);
    throw error;
  });
  await writeAuthority(files, dataDir);
  return { results, files };
}

function missingMeshes(resources: readonly Resource[], present: readonly Resource[]): readonly string[] {
  const meshes = new Set([...resources, ...present].filter(({ kind }) => kind === "Mesh").map(({ name }) => name));
  return resources.filter(({ mesh }) => mesh !== "" && !meshes.has(mesh)).map((resource) => `${resourceText(resource)}: mesh ${JSON.stringify(resource.mesh)} is neither stored nor in the file`);
}

function refuseFor(lines: readonly string[]): void {
  if (lines.length > 0) throw new CommandFailure(exitStatus.invalid, [...lines, "nothing was written"].join("\n"));
}
