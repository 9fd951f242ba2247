import { Command, Option } from "commander";
import { counted, noticeLine, violationLine } from "./describe-problems.ts";
import { collect } from "./collect-option.ts";
import { compatibilityOf, httpStatusThresholdOption, tcpPayloadOption, type CompatibilityOptions } from "./compatibility-options.ts";
import { withExamples } from "./examples.ts";
import { exitStatus } from "./exit-status.ts";
import { loadResources, type LoadedResources, type PlacedNotice } from "./load-resources.ts";
import { defaultRetriesOption, type RetriesOptions } from "./plan-settings.ts";
import { requireOptions } from "./required-options.ts";
import type { Terminal } from "./terminal.ts";
import { noticesOfAll } from "./validate-resources.ts";

interface ValidateOptions extends CompatibilityOptions, RetriesOptions {
  readonly file: readonly string[];
  readonly output: "text" | "json";
  readonly strict: boolean;
}

export function validateCommand(terminal: Terminal, end: (status: number) => void): Command {
  const command = new Command("validate")
    .description("say what is wrong with resources, and what is valid but may surprise")
    .option("-f, --file <place>", "file, folder or - for standard input; may be repeated", collect)
    .addOption(new Option("-o, --output <format>", "how to say it").choices(["text", "json"]).default("text"))
    .option("--strict", "fail on unknown fields too", false)
    .addOption(tcpPayloadOption())
    .addOption(httpStatusThresholdOption())
    .addOption(defaultRetriesOption())
    .addHelpText("after", "\nExit status: 0 all valid, 1 something is not, 64 wrong use.")
    .action(async (options: ValidateOptions) => {
      requireOptions(options, { file: "-f, --file <place>" });
      end(await validate(options, terminal));
    });
  return withExamples(command, {
    "what is wrong with the files of a folder": "probeplane validate -f policies/",
    "in a pipeline, strictly": "probeplane validate -f policies/ --strict -o json",
  });
}

async function validate(options: ValidateOptions, terminal: Terminal): Promise<number> {
  const { file, output, strict } = options;
  const compatibility = compatibilityOf(options);
  const loaded = await loadResources(file, terminal, compatibility);
  const notices = noticesOfAll(loaded, { compatibility, defaultRetries: options.retriesDefault });
  const isStrictlyWrong = strict && notices.some(({ notice }) => notice.code === "unknown-field");
  const isValid = loaded.violations.length === 0 && !isStrictlyWrong;
  terminal.out(output === "json" ? jsonReport(loaded, notices, isValid) : textReport(loaded, notices));
  return isValid ? exitStatus.ok : exitStatus.invalid;
}

function textReport({ resources, violations }: LoadedResources, notices: readonly PlacedNotice[]): string {
  const lines = [
    ...violations.map((violation) => `violation  ${violationLine(violation)}`),
    ...notices.map((notice) => `notice     ${noticeLine(notice)}`),
    [counted(resources.length, "valid resource"), counted(violations.length, "violation"), counted(notices.length, "notice")].join(", "),
  ];
  return `${lines.join("\n")}\n`;
}

function jsonReport({ resources, violations }: LoadedResources, notices: readonly PlacedNotice[], isValid: boolean): string {
  const report = {
    valid: isValid,
    resources: resources.map(({ resource: { kind, mesh, name }, origin }) => ({ origin, kind, mesh, name })),
    violations: violations.map(({ origin, key, path, message }) => ({ origin, ...key && { kind: key.kind, mesh: key.mesh, name: key.name }, path, message })),
    notices: notices.map(({ origin, notice: { code, about, path, message } }) => {
      return { origin, kind: about.kind, mesh: about.mesh, name: about.name, code, path, message };
    }),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
