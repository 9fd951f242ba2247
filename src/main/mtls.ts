import { Command, Option } from "commander";
import type { AuthorityStatus } from "../core/identity/authority-status.ts";
import { formatTable } from "../core/view/format-table.ts";
import { openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { withExamples } from "./examples.ts";
import type { Terminal } from "./terminal.ts";

interface MtlsOptions extends AccessOptions {
  readonly output: "text" | "json";
}

/** `probeplane mtls …`: the CAs by which the proxies of a mesh know each other. */
export function mtlsCommand(terminal: Terminal): Command {
  return new Command("mtls").description("look at the CAs of a mesh with mutual TLS, and replace them").addCommand(statusCommand(terminal)).addCommand(rotateCommand(terminal));
}

function statusCommand(terminal: Terminal): Command {
  const command = withMesh(new Command("status"))
    .description("show the CAs of a mesh, and how many proxies of this control plane have a certificate")
    .action(async (mesh: string, options: MtlsOptions) => {
      const client = await openClient(options, terminal);
      show((await client.ask({ method: "GET", path: `/meshes/${mesh}/mtls` })) as AuthorityStatus, options, terminal);
    });
  return withExamples(command, { "which CA signs": "probeplane mtls status default" });
}

function rotateCommand(terminal: Terminal): Command {
  const command = withMesh(new Command("rotate"))
    .description("make another CA for a mesh: every proxy trusts it at once, it signs after --mtls-announce-time of the control plane, and the old one is trusted until the last certificate that it signed has ended")
    .action(async (mesh: string, options: MtlsOptions) => {
      const client = await openClient(options, terminal);
      show((await client.ask({ method: "POST", path: `/meshes/${mesh}/mtls/rotation` })) as AuthorityStatus, options, terminal);
    });
  return withExamples(command, { "replace the CA, and see when it signs": "probeplane mtls rotate default" });
}

function withMesh(command: Command): Command {
  command.argument("<mesh>", "name of the mesh").addOption(new Option("-o, --output <format>", "how to show them").choices(["text", "json"]).default("text"));
  return withAccessOptions(command).addHelpText("after", "\nExit status: 0 shown or begun, 1 mutual TLS is not enabled there or another CA cannot be made now, 64 wrong use, 69 no answer, 77 not allowed.");
}

function show(status: AuthorityStatus, { output }: MtlsOptions, terminal: Terminal): void {
  terminal.out(output === "json" ? `${JSON.stringify(status, undefined, 2)}\n` : describe(status));
  for (const problem of status.problems) terminal.err(`${problem}\n`);
}

function describe({ mesh, backend, type, authorities, certificates }: AuthorityStatus): string {
  const rows = authorities.map(({ serial, state, signsFrom, trustedUntil, notAfter, fingerprint }) => [
    String(serial), state, signsFrom, trustedUntil ?? "", notAfter, fingerprint.slice(0, 16),
  ]);
  const { issued, awaiting, earliestEnd } = certificates;
  const held = `certificates of proxies here: ${issued} issued, ${awaiting} awaited${earliestEnd === undefined ? "" : `, the first ends ${earliestEnd}`}`;
  return `mesh ${mesh}: backend ${backend} (${type})\n${formatTable(["CA", "STATE", "SIGNS FROM", "TRUSTED UNTIL", "ENDS", "SHA-256"], rows)}${held}\n`;
}
