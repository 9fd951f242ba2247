import { Command } from "commander";
import { collect } from "./collect-option.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { injectText, type Injecting, type Remark } from "./inject/inject-text.ts";
import { injectionSettings, type ValuesOptions } from "./inject/injection-values.ts";
import { namespacesIn, readText, type ReadText } from "./inject/read-text.ts";
import { requireOptions } from "./required-options.ts";
import type { Terminal } from "./terminal.ts";

interface InjectOptions extends ValuesOptions {
  readonly file: readonly string[];
  readonly namespace: string;
}

export function injectCommand(terminal: Terminal): Command {
  const command = new Command("inject")
    .description("print Kubernetes manifests with the sidecar in their pods, as the control plane's webhook puts it in")
    .option("-f, --file <file>", "file, or - for standard input; may be repeated", collect)
    .option("-n, --namespace <name>", "namespace of objects that name none", "default")
    .option("--values <file>", "the injector's settings: the text under `values` of its ConfigMap, or the ConfigMap; default: those of the control plane")
    .option("--set <name=value>", "one of these settings, such as sidecarInjectorWebhook.rewriteAppHTTPProbe=false; may be repeated", collect)
    .option("--ca-cert-file <file>", "PEM of the CA that signed the control plane's certificate")
    .addHelpText("after", afterHelp)
    .action(async (options: InjectOptions) => {
      requireOptions(options, { file: "-f, --file <file>" });
      await inject(options, terminal);
    });
  return withExamples(command, {
    "a file, into the cluster": "probeplane inject -f deployment.yaml --ca-cert-file ca.crt | kubectl apply -f -",
    "with the CA and the settings of a cluster":
      "kubectl -n probeplane-system get configmap probeplane-ca --output 'jsonpath={.data.ca\\.crt}' > ca.crt\nkubectl -n probeplane-system get configmap istio-sidecar-injector -o yaml > values.yaml\nprobeplane inject -f deployment.yaml --values values.yaml --ca-cert-file ca.crt",
    "what a chart makes, with probes as they are": "helm template shop | probeplane inject -f - --ca-cert-file ca.crt --set sidecarInjectorWebhook.rewriteAppHTTPProbe=false",
  });
}

const afterHelp = `
Pods, Deployments, StatefulSets, DaemonSets, ReplicaSets, ReplicationControllers, Jobs, CronJobs, PodTemplates, DeploymentConfigs,
Rollouts and lists of them get a sidecar unless they or their Namespace, where that is in the same documents, say no. Other documents
are printed as they are. YAML stays YAML, with its comments; JSON stays JSON.

What objects go without a sidecar, and what may surprise, goes to standard error.
Exit status: 0 done, 1 something is not valid, and nothing is printed, 64 wrong use.`;

/** @throws CommandFailure with all that is wrong, before anything is printed */
async function inject(options: InjectOptions, terminal: Terminal): Promise<void> {
  const settings = await injectionSettings(options, (line) => terminal.err(`warning: ${line}\n`));
  const texts: ReadText[] = [];
  for (const place of options.file) texts.push(await readText(place, terminal));
  const injecting: Injecting = { namespace: options.namespace, namespaces: namespacesIn(texts), settings };
  const remarks: Remark[] = [];
  const results = texts.map((text) => injectText(text, injecting, remarks));
  for (const { level, text } of remarks) if (level !== "refused") terminal.err(`${level === "left" ? "no sidecar" : level}: ${text}\n`);
  const refusals = remarks.filter(({ level }) => level === "refused");
  if (refusals.length > 0) throw new CommandFailure(exitStatus.invalid, refusals.map(({ text }) => text).join("\n"));
  terminal.out(joined(results));
}

/** Texts one after the other, each a document of its own at least. */
function joined(texts: readonly string[]): string {
  const lines = texts.map((text) => (texts.length === 1 || text === "" || text.endsWith("\n") ? text : `${text}\n`));
  return lines.reduce((all, text) => (all === "" || /^---(\s|$)/.test(text) ? all + text : `${all}---\n${text}`), "");
}
