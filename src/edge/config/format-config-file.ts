import { stringify } from "yaml";
import type { Config } from "./config.ts";
import { defaultText } from "./defaults.ts";
import { envOf, type Option } from "./option.ts";
import { options } from "./options.ts";
import { formatValue, type AnyValue } from "./parse-value.ts";
import { redacted, shownValue } from "./redact.ts";

/**
 * The effective configuration as a file that `--config` reads: every option with what it does and its environment variable; what has
 * its default, or has none and is not set, as a comment. Read again it gives the same configuration, except for passwords: these
 * are blanked and stand in a comment.
 */
export function formatConfigFile(config: Config): string {
  const entries = Object.entries<Option>(options).map(([name, option]) => entryOf(name, option, config));
  // What is in no group comes first: after a group's name it would be in that.
  const groups = ["", ...new Set(entries.map(({ group }) => group).filter((group) => group !== ""))];
  return [head, ...groups.map((group) => groupText(group, entries.filter((entry) => entry.group === group)))].join("\n");
}

interface Entry {
  /** Empty: none. */
  readonly group: string;
  /** `key: value`, without a comment sign. */
  readonly line: string;
  readonly isSet: boolean;
  readonly comments: readonly string[];
}

function entryOf(name: string, option: Option, config: Config): Entry {
  const [first = "", second] = name.split(".");
  const fields = config as unknown as Readonly<Record<string, AnyValue | Readonly<Record<string, AnyValue>>>>;
  const value = (second === undefined ? fields[first] : (fields[first] as Readonly<Record<string, AnyValue>>)[second]) as AnyValue;
  const shown = shownValue(option, value);
  const isBlanked = typeof shown === "string" && shown.includes(redacted);
  // A default that is found in the environment is another one elsewhere.
  const isDefault = typeof option.default !== "object" && formatValue(option, value) === (option.default ?? null);
  const about = [`env ${envOf(name)}`, `default ${defaultText(option) ?? "none"}`].join(", ");
  return {
    group: second === undefined ? "" : first,
    line: value === undefined ? `${second ?? first}:` : stringify({ [second ?? first]: shown }, { lineWidth: 0 }).trimEnd(),
    isSet: value !== undefined && !isDefault && !isBlanked && meansSomething(option, config),
    comments: [option.doc, `(${about})`, ...(isBlanked ? [`It is set, and has a secret that is not shown: give it in ${envOf(name)}.`] : [])],
  };
}

/** What means nothing has a value all the same; to set it would be a contradiction. */
function meansSomething({ in: only }: Option, { environment }: Config): boolean {
  return only === undefined || only === environment;
}

function groupText(group: string, entries: readonly Entry[]): string {
  const indent = group === "" ? "" : "  ";
  const isSet = entries.some((entry) => entry.isSet);
  const header = group === "" ? [] : [`${isSet ? "" : "# "}${group}:`];
  // Of a group in which nothing is set the name is a comment, and so is all of it.
  const lines = entries.flatMap(({ line, isSet: own, comments }) => [...comments.map((text) => `${indent}# ${text}`), `${indent}${own ? "" : "# "}${line}`, ""]);
  return [...header, ...lines].join("\n");
}

const head = `# The configuration of \`probeplane run\`. What is commented out has its default. Read it with --config FILE; flags win over
# environment variables, these over the file.
`;
