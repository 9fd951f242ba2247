import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Files that only this user may read: the bootstrap, the token, Envoy's admin socket. */
export interface AgentFolder {
  readonly path: string;
  pathOf(name: string): string;
  /** Puts a whole file in place of what was there: whoever watches the folder sees one change. */
  write(name: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Longest path of a Unix socket, in bytes (Linux has 108 with the NUL, macOS 104). */
const longestSocketPath = 103;

const prefix = "probeplane-proxy-";

/**
 * @param parent where to make it; default: the folder for temporary files.
 * @param options `alone`: nobody else has folders in there; what is left of an agent that was killed is removed.
 */
export async function createAgentFolder(parent: string = tmpdir(), options: { readonly alone?: boolean } = {}): Promise<AgentFolder> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  if (options.alone === true) await removeLeft(parent);
  // Mode 0700.
  const folder = await mkdtemp(path.join(parent, prefix));
  const pathOf = (name: string): string => path.join(folder, name);
  if (Buffer.byteLength(pathOf("admin.sock")) > longestSocketPath) {
    await rm(folder, { recursive: true });
    throw new Error(`the folder ${parent} has too long a name for a socket in it`);
  }
  return {
    path: folder,
    pathOf,
    async write(name, text) {
      await writeFile(pathOf(`.${name}.new`), text, { mode: 0o600 });
      await rename(pathOf(`.${name}.new`), pathOf(name));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function removeLeft(parent: string): Promise<void> {
  const left = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
}
