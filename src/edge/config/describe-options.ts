import { defaultText } from "./defaults.ts";
import { envOf, flagOf, type Option } from "./option.ts";
import { options } from "./options.ts";

/** One option as `--help` and the reference page tell it. */
export interface DescribedOption {
  /** Key in the configuration file. */
  readonly name: string;
  readonly flag: string;
  /** What stands after the flag; empty for a switch. */
  readonly placeholder: string;
  readonly env: string;
  readonly default: string | undefined;
  readonly doc: string;
  /** Where alone it may be set. */
  readonly in?: Option["in"];
}

const environmentNames = { universal: "universal mode", kubernetes: "Kubernetes mode" } as const;

const placeholders: Readonly<Record<Option["type"], string>> = {
  enum: "",
  path: "DIR",
  "postgres-url": "URL",
  version: "VERSION",
  file: "FILE",
  name: "NAME",
  names: "NAME,…",
  address: "HOST:PORT",
  levels: "LEVELS",
  duration: "DURATION",
  size: "SIZE",
  count: "N",
  switch: "",
};

/** All options, in the order of the table, after the one that names the file. */
export function describeOptions(): readonly DescribedOption[] {
  const config: DescribedOption = {
    name: "config",
    flag: "--config",
    placeholder: "FILE",
    env: "PROBEPLANE_CONFIG",
    default: undefined,
    doc: "YAML file with options, by the names of the reference page. Environment variables and flags win over it.",
  };
  return [config, ...Object.entries(options).map(([name, option]) => describe(name, option))];
}

function describe(name: string, option: Option): DescribedOption {
  const placeholder = option.type === "enum" ? option.values.join("|") : placeholders[option.type];
  return { name, flag: flagOf(name), placeholder, env: envOf(name), default: defaultText(option), doc: option.doc, ...(option.in === undefined ? {} : { in: option.in }) };
}

/** The options as `--help` prints them, each with its default and environment variable. */
export function formatOptionsHelp(width = 100): string {
  return describeOptions()
    .map(({ flag, placeholder, env, default: defaultValue, doc, in: only }) => {
      const facts = [`default: ${defaultValue ?? "none"}`, `env: ${env}`, ...(only === undefined ? [] : [`only in ${environmentNames[only]}`])].join("; ");
      const text = wrap(`${doc.replaceAll("`", "")} (${facts})`, width - 6).map((line) => `      ${line}`);
      return [`  ${flag}${placeholder === "" ? "" : ` ${placeholder}`}`, ...text].join("\n");
    })
    .join("\n");
}

/** The reference page, in Markdown. */
export function formatConfigReference(): string {
  const sections = describeOptions().map(({ name, flag, placeholder, env, default: defaultValue, doc, in: only }) =>
    [
      `### \`${flag}${placeholder === "" ? "" : ` ${placeholder}`}\``,
      "",
      doc,
      "",
      `- Default: ${defaultValue === undefined ? "none" : `\`${defaultValue}\``}`,
      `- Environment variable: \`${env}\``,
      name === "config" ? "- Not a key of the configuration file." : `- Configuration file: \`${name}\``,
      ...(only === undefined ? [] : [`- Only with \`--environment ${only}\`.`]),
      "",
    ].join("\n"),
  );
  return [pageHead, ...sections].join("\n");
}

const pageHead = `# Options of \`probeplane run\`

<!-- Generated from src/edge/config/options.ts by \`npm run generate\`; edit there. -->

An option is set in four places; a later one wins: its default, the configuration file, the environment, the command line. All
problems of all places are reported together, and the command ends with status 64. An unknown option, key or variable that begins
with \`PROBEPLANE_\` is refused, with the nearest known name (variables that Kubernetes makes for a Service called \`probeplane\` are
left alone). Durations are written as \`500ms\`, \`1m30s\`; sizes as \`500KiB\`, \`1MiB\`.

A dot in a key of the configuration file is a level:

\`\`\`yaml
store: sqlite
logLevel: info,xds=debug
compatibility:
  tcpPayload: text
\`\`\`
`;

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
