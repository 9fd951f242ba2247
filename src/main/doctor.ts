import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { Command, Option } from "commander";
import { withoutMembers } from "../core/base/without-members.ts";
import { createCollector, type Collector } from "../core/doctor/collect.ts";
import { diagnose } from "../core/doctor/diagnose.ts";
import type { AdminFacts } from "../core/doctor/admin-facts.ts";
import { meshFacts } from "../core/doctor/mesh-facts.ts";
import { createLineParser } from "../core/doctor/parse-line.ts";
import { describeReport, reportOf } from "../core/doctor/report.ts";
import { defaultCompatibility } from "../core/policy/compatibility.ts";
import { formatResource } from "../core/policy/format-resource.ts";
import { AdminUnreadable, askAdmin, readAdminFolder } from "../edge/doctor/read-admin.ts";
import { forEachLine } from "../edge/doctor/read-lines.ts";
import { collect } from "./collect-option.ts";
import { violationLine } from "./describe-problems.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { loadResources } from "./load-resources.ts";
import { printDocument } from "./print-document.ts";
import type { Terminal } from "./terminal.ts";

interface DoctorOptions {
  readonly file?: readonly string[];
  readonly admin?: string;
  readonly adminDir?: string;
  readonly mesh?: string;
  readonly service?: string;
  readonly output: "text" | "json";
}

export function doctorCommand(terminal: Terminal): Command {
  const command = new Command("doctor")
    .description("say why requests failed: read access logs, name the causes with their evidence, and print what remedies them")
    .argument("[logs...]", "access logs: files, or - for standard input (the default, where there is no --admin)")
    .option("-f, --file <place>", "resources of the mesh: file, folder or URL; may be repeated", collect)
    .addOption(new Option("--admin <url>", "Envoy's admin interface, as http://127.0.0.1:9901 or unix:/path").conflicts("adminDir"))
    .option("--admin-dir <folder>", "pages of it that were saved: clusters.json (/clusters?format=json), stats.txt (/stats), config_dump.json")
    .option("-m, --mesh <name>", "mesh of the policies that are printed; default: that of the resources, else default")
    .option("--service <name>", "the service that inbound logs are of, where nothing else says it")
    .addOption(new Option("-o, --output <format>", "how to say it").choices(["text", "json"]).default("text"))
    .addHelpText("after", afterHelp)
    .action(async (logs: readonly string[], options: DoctorOptions) => await doctor(logs, options, terminal));
  return withExamples(command, {
    "the log of a pod's proxy": "kubectl logs deploy/backend -c istio-proxy | probeplane doctor",
    "logs of many pods, each line with its pod": "kubectl logs -l app=backend -c istio-proxy --prefix | probeplane doctor -o json",
    "a saved log, with what the proxy says now, and the mesh's resources": "probeplane doctor web.log --admin http://127.0.0.1:9901 -f mesh/",
  });
}

const afterHelp = `
Reads Envoy's default form, Istio's, Kuma's, and JSON (probeplane's, Istio's and ASM's names), mixed as they come, with what kubectl and
container runtimes put before lines; gzip and UTF-16 too. What Envoy itself logs and the kubelet's events, in the same input, are evidence.

Exit status: 0 the logs were read, whatever is in them, 1 something could not be read, 64 wrong use.`;

/** @throws CommandFailure where a log, a page or a resource cannot be read */
async function doctor(logs: readonly string[], options: DoctorOptions, terminal: Terminal): Promise<void> {
  const admin = await adminFacts(options);
  const mesh = await meshOf(options, terminal);
  const collector = createCollector();
  const hasAdmin = options.admin !== undefined || options.adminDir !== undefined;
  const places = logs.length > 0 || hasAdmin ? logs : ["-"];
  for (const place of places) await readLog(place, places.length > 1, collector, terminal);
  const evidence = collector.finish(admin, mesh);
  const report = reportOf(evidence, diagnose(evidence));
  if (options.output === "json") terminal.out(printDocument(report, "json"));
  else for (const line of describeReport(report, (document) => printDocument(document, "yaml"))) terminal.out(`${line}\n`);
}

async function adminFacts({ admin, adminDir }: DoctorOptions): Promise<AdminFacts> {
  try {
    if (admin !== undefined) return await askAdmin(admin);
    return adminDir === undefined ? {} : await readAdminFolder(adminDir);
  } catch (error) {
    throw error instanceof AdminUnreadable ? new CommandFailure(exitStatus.invalid, error.message) : error;
  }
}

async function meshOf({ file = [], mesh, service }: DoctorOptions, terminal: Terminal): Promise<ReturnType<typeof meshFacts>> {
  const { resources, violations } = await loadResources(file, terminal, defaultCompatibility);
  for (const violation of violations) terminal.err(`warning: passed over: ${violationLine(violation)}\n`);
  const given = resources.map(({ asWritten }) => ({ kind: asWritten.kind, mesh: asWritten.mesh, name: asWritten.name, document: withoutMembers(formatResource(asWritten), "kri", "creationTime", "modificationTime") }));
  return meshFacts(given, { ...(mesh !== undefined && { mesh }), ...(service !== undefined && { service }) });
}

async function readLog(place: string, isOneOfMany: boolean, collector: Collector, terminal: Terminal): Promise<void> {
  const parser = createLineParser();
  const source = isOneOfMany ? path.basename(place) : "";
  try {
    await forEachLine(await open(place, terminal), (line) => {
      const parsed = parser.parse(line);
      collector.add(parsed, parser.source === "" ? source : parser.source);
    });
  } catch (error) {
    throw new CommandFailure(exitStatus.invalid, `${place === "-" ? "standard input" : place}: cannot be read: ${messageOf(error)}`);
  }
}

async function open(place: string, terminal: Terminal): Promise<Readable> {
  if (place === "-") return terminal.inputStream();
  if ((await stat(place)).isDirectory()) throw new Error("is a folder; name the files in it");
  return createReadStream(place, { highWaterMark: 1024 * 1024 });
}
