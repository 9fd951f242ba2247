import { didYouMean } from "../../core/base/nearest-name.ts";
import type { Given, GivenValue } from "./given.ts";
import { flagOf, type OptionTable } from "./option.ts";

/** Names the configuration file; a flag and an environment variable, but no key of that file. */
export const configFlag = "--config";

/**
 * Reads `--name value` and `--name=value`; a switch needs no value. Unknown options, options without a value, repeated options and
 * anything else are problems.
 */
export function readFlags(argv: readonly string[], table: OptionTable): Given {
  const names = new Map(Object.keys(table).map((name) => [flagOf(name), name]));
  const values: GivenValue[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const [flag, inline] = splitOnce(argument);
    const name = flag === configFlag ? "config" : names.get(flag);
    if (name === undefined) {
      problems.push(unknownArgument(flag, [...names.keys(), configFlag]));
      // Its value, if it has one, would only be a second complaint.
      if (inline === undefined && flag.startsWith("--") && rest[0]?.startsWith("-") === false) rest.shift();
      continue;
    }
    const value = inline ?? (table[name]?.type === "switch" ? switchValue(rest) : rest.shift());
    if (seen.has(name)) problems.push(`${flag}: is given twice`);
    seen.add(name);
    if (value === undefined) problems.push(`${flag}: has no value`);
    else values.push({ name, value, place: flag });
  }
  return { values, problems };
}

function splitOnce(argument: string): [string, string?] {
  const at = argument.startsWith("--") ? argument.indexOf("=") : -1;
  return at < 0 ? [argument] : [argument.slice(0, at), argument.slice(at + 1)];
}

function switchValue(rest: string[]): string {
  return rest[0] === "true" || rest[0] === "false" ? (rest.shift() ?? "true") : "true";
}

function unknownArgument(argument: string, known: readonly string[]): string {
  if (!argument.startsWith("-")) return `"${argument}" is not an option; options begin with --`;
  return `${argument}: there is no such option${didYouMean(argument, known)}`;
}
