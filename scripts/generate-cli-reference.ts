import { mkdir, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { formatCommandReference } from "../src/main/describe-commands.ts";
import { program } from "../src/main/program.ts";

// The page that test/feature/cli/reference.test.ts holds equal to the commands. Nothing of the environment may be in it.
const terminal = { out: () => undefined, err: () => undefined, readInput: () => Promise.resolve(new Uint8Array()), inputStream: () => Readable.from([]), env: {} };
const page = new URL("../docs/reference/cli.md", import.meta.url);
await mkdir(new URL(".", page), { recursive: true });
await writeFile(page, formatCommandReference(await program(terminal, () => undefined)));
