import { readFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { parseRevocations, revocationsKey, type TokenScope } from "../core/access/token-scope.ts";
import { asObject, asString, ownField } from "../core/base/json.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { scopeOf, secretText, tokenSorts, writeSecret, type TokenSort } from "./secret-access.ts";
import { meshOption } from "./target-arguments.ts";
import type { Terminal } from "./terminal.ts";

interface RevokeOptions extends AccessOptions {
  readonly file?: string;
  readonly id?: string;
  readonly sort?: TokenSort;
  readonly mesh: string;
}

export function revokeTokenCommand(terminal: Terminal): Command {
  const command = new Command("revoke")
    .description("revoke a token: it is refused from now on, also where it is in use")
    .option("-f, --file <file>", "file with the token; - for standard input")
    .addOption(new Option("--id <id>", "its identifier (claim `jti`), where the token itself is not at hand").conflicts("file"))
    .addOption(new Option("--sort <sort>", "with --id: what it is a token of").choices(tokenSorts))
    .addOption(meshOption(terminal));
  withAccessOptions(command)
    .addHelpText("after", "\nExit status: 0 it is revoked, 1 it is no token or the write was refused, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (options: RevokeOptions) => {
      const { scope, id } = await meant(options, terminal);
      const client = await openClient(options, terminal);
      const key = revocationsKey(scope);
      const read = await client.get(key);
      const revoked = [...parseRevocations(read === undefined ? "" : secretText(read))];
      if (!revoked.includes(id)) await writeSecret(client, key, [...revoked, id].join(","), read);
      terminal.out(`token ${id} is revoked\n`);
    });
  return withExamples(command, {
    "a token that got into the wrong hands": "probeplane token revoke -f web-1.token",
    "by its identifier": "probeplane token revoke --id 3f1c… --sort dataplane --mesh default",
  });
}

interface Meant {
  readonly scope: TokenScope;
  readonly id: string;
}

async function meant({ file, id, sort, mesh }: RevokeOptions, terminal: Terminal): Promise<Meant> {
  if (file !== undefined) return readToken(await readText(file, terminal));
  if (id === undefined || sort === undefined) throw new CommandFailure(exitStatus.usage, "-f, --file <file> is needed, or --id <id> with --sort <sort>");
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new CommandFailure(exitStatus.usage, "--id: is no identifier of a token");
  return { scope: scopeOf(sort, mesh), id };
}

/** Nothing of it is verified: revoking what is no good does no harm. */
function readToken(token: string): Meant {
  const claims = claimsOf(token);
  const [id, mesh, zone] = ["jti", "Mesh", "Zone"].map((claim) => asString(ownField(claims, claim)) ?? "");
  if (id === undefined || !/^[A-Za-z0-9_-]+$/.test(id)) throw new CommandFailure(exitStatus.invalid, "this is no token, or one without an identifier");
  const sort = mesh !== "" ? "dataplane" : zone !== "" ? "zone" : "user";
  return { scope: scopeOf(sort, mesh ?? ""), id };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(Buffer.from(token.trim().split(".")[1] ?? "", "base64url").toString("utf8")) as unknown);
  } catch {
    return undefined;
  }
}

async function readText(file: string, terminal: Terminal): Promise<string> {
  if (file === "-") return Buffer.from(await terminal.readInput()).toString("utf8");
  return await readFile(file, "utf8").catch((error: unknown) => {
    throw new CommandFailure(exitStatus.usage, `--file: cannot read ${file}: ${messageOf(error)}`);
  });
}
