import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { contextsDocument, noContexts, parseContexts, type Contexts } from "./contexts.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where contexts are kept: `$XDG_CONFIG_HOME/probeplane/contexts.yaml`, else below `~/.config` (XDG Base Directory Specification). */
export function contextsFile(env: Environment): string {
  const given = env["XDG_CONFIG_HOME"];
  const base = given !== undefined && path.isAbsolute(given) ? given : path.join(env["HOME"] ?? homedir(), ".config");
  return path.join(base, "probeplane", "contexts.yaml");
}

/** What the file holds; nothing when there is none. @throws Error that names the file, when it cannot be read or is not of its form. */
export async function readContexts(file: string): Promise<Contexts> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  });
  if (text === undefined) return noContexts;
  const result = parseContexts(parsed(file, text));
  if (!result.ok) throw new Error(`${file}: ${result.problem}`);
  return result.contexts;
}

/** Writes the file whole or not at all, readable by its owner only: it may hold tokens. @throws Error that names the file. */
export async function writeContexts(file: string, contexts: Contexts): Promise<void> {
  const draft = `${file}.${process.pid}.new`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, stringify(contextsDocument(contexts)), { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, file);
  } catch (error) {
    throw new Error(`cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new Error(`${file} is not YAML: ${(error as Error).message.split("\n")[0] ?? ""}`, { cause: error });
  }
}
