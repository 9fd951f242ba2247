import { Command, InvalidArgumentError, Option } from "commander";
import { withExamples } from "./examples.ts";
import { installManifest, installNamespace } from "./install-manifest.ts";
import type { Terminal } from "./terminal.ts";

interface InstallKubernetesOptions {
  readonly namespace: string;
  readonly image?: string;
  readonly sidecarImage?: string;
  readonly replicas?: number;
  readonly crds: boolean;
}

/** `probeplane install …`: what has to be where before a control plane can run there. */
export function installCommand(terminal: Terminal): Command {
  return new Command("install").description("print what it takes to run probeplane somewhere").addCommand(installKubernetes(terminal));
}

function installKubernetes(terminal: Terminal): Command {
  const command = new Command("kubernetes")
    .description("print the objects of a cluster that runs probeplane, as the Helm chart makes them with its defaults")
    .addOption(new Option("--namespace <name>", "namespace of the control plane").argParser(namespaceName).default(installNamespace))
    .option("--image <image>", "image of the control plane, with its tag or digest; default: that of this version")
    .option("--sidecar-image <image>", "image of sidecars; default: beside that of the control plane, with -sidecar after its name")
    .addOption(new Option("--replicas <n>", "how many control planes run; default: as the chart").argParser(count))
    .option("--no-crds", "leave out the kinds of kuma.io, such as MeshHealthCheck")
    .action(async (options: InstallKubernetesOptions) => {
      terminal.out(await installManifest(options));
    });
  return withExamples(command, {
    "into the cluster of kubectl's present context": "probeplane install kubernetes | kubectl apply -f -",
    "with an image from a registry of your own": "probeplane install kubernetes --image example.com/mesh/probeplane:0.1.0 | kubectl apply -f -",
    "into another namespace, without the kinds, as a file to keep": "probeplane install kubernetes --no-crds --namespace mesh > probeplane.yaml",
  });
}

function namespaceName(text: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) throw new InvalidArgumentError("a namespace has up to 63 of a-z, 0-9 and -, and begins and ends with a letter or a digit.");
  return text;
}

function count(text: string): number {
  const number = Number(text);
  if (!/^\d{1,4}$/.test(text) || number < 1) throw new InvalidArgumentError("a whole number from 1 on is needed.");
  return number;
}
