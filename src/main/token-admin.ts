import { Command } from "commander";
import { adminTokenKey } from "../core/access/token-scope.ts";
import { asObject, asString, ownField } from "../core/base/json.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { readConfig } from "./read-config.ts";
import { readStore, withSource } from "./store-access.ts";
import type { Terminal } from "./terminal.ts";

interface AdminOptions extends AccessOptions {
  readonly fromStore: boolean;
}

export function adminTokenCommand(terminal: Terminal): Command {
  const command = new Command("admin")
    .description("print the administrator's token, which is made at the first start of a control plane")
    .usage("[options] | --from-store [--store, --data-dir, --postgres-url … as for run]")
    .option("--from-store", "read it from the store itself, where no control plane answers", false)
    // The store's own options come from the table of the configuration.
    .allowUnknownOption()
    .allowExcessArguments();
  withAccessOptions(command)
    .addHelpText("after", "\nExit status: 0 the token is on standard output, 1 there is none, 64 wrong use, 69 no answer, 77 not allowed.")
    .action(async (options: AdminOptions, self: Command) => {
      if (!options.fromStore && self.args.length > 0) throw new CommandFailure(exitStatus.usage, `${self.args.join(" ")}: goes with --from-store only`);
      const secret = options.fromStore ? await fromStore(self.args, terminal) : await fromApi(options, terminal);
      const data = asString(ownField(asObject(secret), "data"));
      if (data === undefined) throw new CommandFailure(exitStatus.invalid, "there is no administrator's token; a control plane makes it at its first start");
      terminal.out(`${Buffer.from(data, "base64").toString("utf8").trim()}\n`);
    });
  return withExamples(command, {
    "on the machine of a running control plane": "probeplane token admin > admin.token",
    "while none runs": "probeplane token admin --from-store --data-dir /var/lib/probeplane > admin.token",
  });
}

async function fromApi(options: AccessOptions, terminal: Terminal): Promise<unknown> {
  return await (await openClient(options, terminal)).get(adminTokenKey);
}

async function fromStore(args: readonly string[], terminal: Terminal): Promise<unknown> {
  const { resources } = await withSource(await readConfig(args, terminal), readStore);
  return resources.find(({ kind, name }) => kind === adminTokenKey.kind && name === adminTokenKey.name)?.spec;
}
