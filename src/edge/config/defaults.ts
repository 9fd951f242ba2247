import type { Option } from "./option.ts";
import { parseValue, type AnyValue } from "./parse-value.ts";
import type { Environment } from "./read-env.ts";

/** The value of an option that nobody set. */
export function defaultValue(option: Option, env: Environment): AnyValue {
  if (option.default === undefined) return undefined;
  if (typeof option.default === "object") return stateHome(env);
  const parsed = parseValue(option, option.default);
  if (!parsed.ok) throw new Error(`the table of options has a default that cannot be read: ${parsed.error}`);
  return parsed.value;
}

/** How `--help` and the reference page show a default; undefined: there is none. */
export function defaultText(option: Option): string | undefined {
  if (typeof option.default === "object") return "$XDG_STATE_HOME/probeplane, else ~/.local/state/probeplane";
  return option.default === undefined || option.default === "" ? undefined : String(option.default);
}

/** State that lives on between starts but is no configuration (XDG Base Directory Specification). */
function stateHome(env: Environment): string {
  const given = env["XDG_STATE_HOME"];
  // The specification says that a relative path is to be ignored.
  const base = given?.startsWith("/") === true ? given : `${env["HOME"] ?? ""}/.local/state`;
  return `${base}/probeplane`;
}
