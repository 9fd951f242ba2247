import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { crdFiles } from "./crd-files.ts";
import { chartFolder } from "./values-schema.ts";

const head = "# Generated from the chart's defaults (deploy/helm/probeplane) by `npm run generate`; edit there.\n";
const namespace = "probeplane-system";
/** Helm asks which cluster it is for; any that the chart takes. */
const kubeVersion = "1.36.0";
const monitoring = ["servicemonitor", "prometheusrule", "dashboard"];

/** Everything of deploy/kustomize that is generated: path in the checkout → text. `helm` is the program. */
export function kustomizeFiles(helm: string): Readonly<Record<string, string>> {
  const folder = "deploy/kustomize";
  return {
    [`${folder}/base/crds.yaml`]: crdFiles().map(({ path }) => `---\n${readFileSync(path, "utf8").replace(/^---\n/, "")}`).join(""),
    [`${folder}/base/probeplane.yaml`]: head + rendered(helm, ["--set", "crds.install=false"]),
    [`${folder}/components/monitoring/monitoring.yaml`]: head + rendered(helm, monitoringArgs()),
  };
}

function monitoringArgs(): readonly string[] {
  const enabled = ["serviceMonitor", "prometheusRule", "dashboard"].flatMap((name) => ["--set", `${name}.enabled=true`]);
  return [...enabled, ...monitoring.flatMap((name) => ["--show-only", `templates/${name}.yaml`])];
}

/** What `helm template` gives, without what only Helm needs to know. */
function rendered(helm: string, args: readonly string[]): string {
  const text = execFileSync(helm, ["template", "probeplane", chartFolder, "--namespace", namespace, "--kube-version", kubeVersion, ...args], { encoding: "utf8", maxBuffer: 64 << 20 });
  return text.split("\n").filter((line) => !/^# Source: |^ *helm\.sh\/chart: |^ *app\.kubernetes\.io\/managed-by: Helm$/.test(line)).join("\n");
}
