import { Command, Option } from "commander";
import { convertDocuments, type SourceDocument } from "../core/convert/convert-documents.ts";
import { defaultConvertSettings } from "../core/convert/settings.ts";
import { readInput } from "../edge/source/read-input.ts";
import { collect } from "./collect-option.ts";
import { conversionList, conversionText, passedOverLines, remarkLines } from "./convert/format-conversion.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { requireOptions } from "./required-options.ts";
import { printDocument, type OutputFormat } from "./print-document.ts";
import type { Terminal } from "./terminal.ts";

interface ConvertOptions {
  readonly file: readonly string[];
  readonly mesh: string;
  readonly namespace: string;
  readonly systemNamespace: string;
  readonly rootNamespace: string;
  readonly output: OutputFormat;
}

export function convertCommand(terminal: Terminal): Command {
  const { mesh, namespace, systemNamespace, rootNamespace } = defaultConvertSettings;
  const command = new Command("convert")
    .description("print the policies that say what Istio's or ASM's objects say, with a comment for each thing that could not be carried over")
    .option("-f, --file <place>", "file, folder or - for standard input; may be repeated", collect)
    .option("--mesh <name>", "mesh that the policies are for", mesh)
    .option("-n, --namespace <name>", "namespace of objects that name none", namespace)
    .option("--system-namespace <name>", "where policies go that hold for the whole mesh: the control plane's own", systemNamespace)
    .option("--root-namespace <name>", "Istio's root namespace, whose objects hold for the whole mesh", rootNamespace)
    .addOption(new Option("-o, --output <format>", "yaml, with comments; or json: a List, with what the comments say on standard error").choices(["yaml", "json"]).default("yaml"))
    .addHelpText("after", afterHelp)
    .action(async (options: ConvertOptions) => {
      requireOptions(options, { file: "-f, --file <place>" });
      await convert(options, terminal);
    });
  return withExamples(command, {
    "what a cluster has of Istio": "kubectl get virtualservice,destinationrule,peerauthentication,sidecar,envoyfilter -A -o yaml | probeplane convert -f - > policies.yaml",
    "is it valid, and what may surprise": "probeplane convert -f istio/ | probeplane validate --strict -f -",
  });
}

const afterHelp = `
VirtualService (retries, timeouts), DestinationRule (connection pool, outlier detection, TLS), PeerAuthentication, Sidecar and EnvoyFilter
(health checks) become MeshRetry, MeshTimeout, MeshCircuitBreaker, MeshTLS, MeshHealthCheck and the Mesh. Other documents are passed over,
which standard error says.

Exit status: 0 done, 1 something is not valid, and nothing is printed, 64 wrong use.`;

/** @throws CommandFailure with all that is wrong, before anything is printed */
async function convert({ file, output, ...settings }: ConvertOptions, terminal: Terminal): Promise<void> {
  const documents: SourceDocument[] = [];
  const problems: string[] = [];
  for (const place of file) {
    for (const read of await readInput(place, () => terminal.readInput())) {
      if (read.ok) documents.push(read);
      else problems.push(...read.violations.map(({ path, message }) => placed(read.origin, path, message)));
    }
  }
  const conversion = convertDocuments(documents, settings);
  problems.push(...conversion.problems.map(({ origin, source, path, message }) => placed(`${origin}: ${source}`, path, message)));
  if (problems.length > 0) throw new CommandFailure(exitStatus.invalid, problems.join("\n"));
  for (const line of passedOverLines(conversion)) terminal.err(`${line}\n`);
  if (output === "json") for (const line of remarkLines(conversion)) terminal.err(`${line}\n`);
  terminal.out(output === "json" ? printDocument(conversionList(conversion), "json") : conversionText(conversion));
}

function placed(origin: string, path: string, message: string): string {
  return [origin, path, message].filter((part) => part !== "").join(": ");
}
