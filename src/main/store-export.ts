import { rename, writeFile } from "node:fs/promises";
import { Command } from "commander";
import type { Resource } from "../core/model/resource.ts";
import { withoutPrivateKeys } from "../core/view/without-private-keys.ts";
import { kindNamed } from "../core/policy/registry.ts";
import type { Config } from "../edge/config/config.ts";
import { writeArchive, type Secrets } from "../edge/source/archive/write-archive.ts";
import { counted } from "./describe-problems.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { readAuthority } from "./own-authority.ts";
import { readConfig } from "./read-config.ts";
import { problemLines } from "./report-source.ts";
import { readPassphrase, readStore, withSource } from "./store-access.ts";
import type { Terminal } from "./terminal.ts";

interface ExportOptions {
  readonly output?: string;
  readonly withSecrets: boolean;
  readonly passphraseFile?: string;
  readonly leaveUnreadable: boolean;
}

/** Whoever gets the file can guess as long as they like. */
const shortestPassphrase = 12;

export function exportCommand(terminal: Terminal): Command {
  const command = new Command("export")
    .description("write what a store holds as YAML documents, which `store import` and `apply` read")
    .usage("[options] [--store, --data-dir, --postgres-url … as for run]")
    .option("-o, --output <file>", "write here, readable by you only, instead of to standard output")
    .option("--with-secrets", "secrets too, and the control plane's own certificate authority, encrypted with a passphrase", false)
    .option("--passphrase-file <file>", "file with the passphrase; default: PROBEPLANE_STORE_PASSPHRASE")
    .option("--leave-unreadable", "export the rest when some of it cannot be read", false)
    // The store's own options come from the table of the configuration.
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", "\nExit status: 0 written, 1 something in the store cannot be read, 64 wrong use, 69 the store cannot be opened.")
    .action(async (options: ExportOptions, self: Command) => {
      await exportStore(options, await readConfig(self.args, terminal), terminal);
    });
  return withExamples(command, {
    "a backup without secrets": "probeplane store export --data-dir /var/lib/probeplane -o backup.yaml",
    "everything, to move to another store": "probeplane store export --store postgres --with-secrets --passphrase-file phrase.txt -o everything.yaml",
  });
}

async function exportStore(options: ExportOptions, config: Config, terminal: Terminal): Promise<void> {
  const passphrase = options.withSecrets ? await requirePassphrase(options, config, terminal) : undefined;
  const { resources, problems } = await withSource(config, readStore);
  const unreadable = problems.flatMap(problemLines);
  if (unreadable.length > 0 && !options.leaveUnreadable) {
    throw new CommandFailure(exitStatus.invalid, [...unreadable, "nothing was written; --leave-unreadable exports the rest"].join("\n"));
  }
  for (const line of unreadable) terminal.err(`left out: ${line}\n`);
  const secret = resources.filter(isSensitive);
  const others = resources.filter((resource) => !isSensitive(resource));
  // What holds a private key is written down whole where it is sealed, and without the key elsewhere.
  const keyed = others.filter((resource) => withoutPrivateKeys(resource) !== resource);
  const secrets = passphrase === undefined ? undefined : { resources: [...secret, ...keyed], files: await readAuthority(config.dataDir), passphrase };
  const archive = await writeArchive(secrets === undefined ? others.map(withoutPrivateKeys) : others.filter((resource) => !keyed.includes(resource)), secrets);
  if (options.output === undefined) terminal.out(archive);
  else await writeOutput(options.output, archive);
  terminal.err(`${summary(others.length, secret.length, secrets)}\n`);
  if (keyed.length > 0 && secrets === undefined) terminal.err(`private keys of ${counted(keyed.length, "resource")} left out: ${keyed.map(({ kind, name }) => `${kind} ${name}`).join(", ")}; write them in before you import, or use --with-secrets\n`);
}

function isSensitive({ kind }: Resource): boolean {
  return kindNamed(kind)?.sensitive === true;
}

async function requirePassphrase(options: ExportOptions, { store }: Config, terminal: Terminal): Promise<string> {
  if (store === "file") throw new CommandFailure(exitStatus.usage, "--with-secrets: beside a folder of files, secrets are in the data directory; export them with --store sqlite");
  const passphrase = await readPassphrase(options.passphraseFile, terminal);
  if (passphrase === undefined) throw new CommandFailure(exitStatus.usage, "--with-secrets: needs a passphrase: --passphrase-file, or PROBEPLANE_STORE_PASSPHRASE");
  if (passphrase.length < shortestPassphrase) throw new CommandFailure(exitStatus.usage, `--with-secrets: the passphrase has to have ${shortestPassphrase} characters or more`);
  return passphrase;
}

/** Whole or not at all: a backup that is there is not lost to one that fails. */
async function writeOutput(file: string, text: string): Promise<void> {
  try {
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (error) {
    throw new CommandFailure(exitStatus.unavailable, `--output: cannot be written: ${messageOf(error)}`);
  }
}

function summary(plain: number, secret: number, secrets: Secrets | undefined): string {
  const exported = `exported ${counted(plain, "resource")}`;
  if (secrets !== undefined) return `${exported}, and ${counted(secret, "secret")} and ${counted(secrets.files.length, "file")} encrypted`;
  return secret === 0 ? exported : `${exported}; left out ${counted(secret, "secret")} (--with-secrets)`;
}
