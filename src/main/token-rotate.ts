import { Argument, Command } from "commander";
import { serialOf, signingKeyKey } from "../core/access/token-scope.ts";
import { asString } from "../core/base/json.ts";
import { kindNamed } from "../core/policy/registry.ts";
import { makeSigningKey } from "../edge/access/signing-key.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { withExamples } from "./examples.ts";
import { scopeOf, tokenSorts, writeSecret, type TokenSort } from "./secret-access.ts";
import { meshOption } from "./target-arguments.ts";
import type { Terminal } from "./terminal.ts";

interface RotateOptions extends AccessOptions {
  readonly mesh: string;
}

export function rotateKeyCommand(terminal: Terminal): Command {
  const command = new Command("rotate")
    .description("add a signing key: it signs from now on, and older ones verify until you delete their secrets")
    .addArgument(new Argument("<sort>", "what the key signs tokens of").choices(tokenSorts))
    .addOption(meshOption(terminal));
  withAccessOptions(command)
    .addHelpText("after", "\nExit status: 0 the key is there, 1 the write was refused, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (sort: TokenSort, options: RotateOptions) => {
      const scope = scopeOf(sort, options.mesh);
      const client = await openClient(options, terminal);
      const kind = kindNamed(scope.kind);
      const listed = kind === undefined ? [] : await client.list(kind, scope.kind === "Secret" ? scope.mesh : undefined);
      const serials = listed.flatMap((secret) => serialOf(scope, asString(secret["name"]) ?? "") ?? []);
      const key = signingKeyKey(scope, Math.max(0, ...serials) + 1);
      await writeSecret(client, key, await makeSigningKey(), undefined);
      const older = serials.map((serial) => signingKeyKey(scope, serial).name);
      terminal.out(`${key.name} signs from now on\n`);
      if (older.length > 0) terminal.err(`still good: what was signed by ${older.join(", ")}; replace these tokens, then delete the secrets\n`);
    });
  return withExamples(command, { "of the proxies of a mesh": "probeplane token rotate dataplane --mesh default" });
}
