import { asObject, type JsonObject, type JsonValue } from "../../core/base/json.ts";
import type { Config } from "./config.ts";
import type { Option, OptionTable } from "./option.ts";
import { options } from "./options.ts";
import { formatValue, type AnyValue } from "./parse-value.ts";

/** Stands where a secret was. */
export const redacted = "*****";

/**
 * The effective configuration as somebody would write it in the configuration file, to be shown: what the table calls a secret, and
 * passwords in URLs, are blanked. Options without a value, and those that mean nothing in its environment, are left out.
 */
export function showConfig(config: Config | Readonly<Record<string, unknown>>, table: OptionTable = options): JsonObject {
  const shown: Record<string, JsonValue> = {};
  for (const [name, option] of Object.entries(table)) {
    const [group = "", key] = name.split(".");
    const value = key === undefined ? asObject(config)?.[group] : asObject(asObject(config)?.[group])?.[key];
    if (value === undefined || (option.in !== undefined && option.in !== (asObject(config)?.["environment"] ?? option.in))) continue;
    const text = shownValue(option, value as AnyValue);
    if (key === undefined) shown[group] = text;
    else shown[group] = { ...(shown[group] as JsonObject | undefined), [key]: text };
  }
  return shown;
}

/** One value as it may be shown. */
export function shownValue(option: Option, value: AnyValue): JsonValue {
  return option.secret === true ? redacted : withoutPassword(formatValue(option, value));
}

/** Also a password that its writer forgot to encode: up to the last `@` before the path; and those that stand in the query. */
function withoutPassword(value: string | number | boolean | null): JsonValue {
  if (typeof value !== "string") return value;
  const at = value.includes("?") ? value.indexOf("?") : value.length;
  const address = value.slice(0, at).replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*:).*(?=@)/is, `$1${redacted}`);
  return `${address}${value.slice(at).replace(/(?<=[?&](?:ssl)?password=)[^&]*/gi, redacted)}`;
}
