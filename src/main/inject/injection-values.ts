import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { asObject, asString, ownField } from "../../core/base/json.ts";
import { withValueAt } from "../../core/base/json-path.ts";
import { noticeText } from "../../core/base/notice.ts";
import { readInjectionSettings } from "../../core/injection/read-settings.ts";
import { defaultInjectionSettings, type InjectionSettings } from "../../core/injection/settings.ts";
import { CommandFailure, exitStatus, messageOf } from "../exit-status.ts";
import { version } from "../version.ts";

export interface ValuesOptions {
  /** File with the settings of the injector: their text, or the ConfigMap that holds it. */
  readonly values?: string;
  /** `sidecarInjectorWebhook.rewriteAppHTTPProbe=false` */
  readonly set?: readonly string[];
  /** PEM file with which agents verify the control plane. */
  readonly caCertFile?: string;
}

/**
 * The settings of the injector, as the control plane would have them, for somebody who asks for sidecars here and now: a namespace that
 * says nothing is asked for, too. @throws CommandFailure with all that is wrong with them
 */
export async function injectionSettings(options: ValuesOptions, warn: (line: string) => void): Promise<InjectionSettings> {
  const caCertPem = options.caCertFile === undefined ? "" : await textOf(options.caCertFile, "--ca-cert-file");
  const base = { ...defaultInjectionSettings, image: `${defaultInjectionSettings.image}:${version}`, caCertPem };
  const given = options.values === undefined ? "" : valuesIn(await textOf(options.values, "--values"));
  const read = readInjectionSettings((options.set ?? []).reduce(withSetting, given), base);
  if (!read.ok) throw new CommandFailure(exitStatus.usage, read.violations.map((violation) => `${options.values ?? "--set"}: ${noticeText(violation)}`).join("\n"));
  for (const warning of read.warnings) warn(`${options.values ?? "--set"}: ${warning}`);
  const { controlPlaneUrl, caCertPem: trusted } = read.settings;
  if (trusted === "" && controlPlaneUrl.startsWith("https:")) warn(`no CA is given for ${controlPlaneUrl}: agents take what the CAs of their image have signed; --ca-cert-file names another`);
  return { ...read.settings, enableNamespacesByDefault: true };
}

async function textOf(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CommandFailure(exitStatus.usage, `${option}: ${file}: ${messageOf(error)}`);
  }
}

/** The text under `values` of a ConfigMap, else the text itself. */
function valuesIn(text: string): string {
  const object = asObject(parsed(text));
  return object?.["kind"] === "ConfigMap" ? (asString(ownField(asObject(object["data"]), "values")) ?? "") : text;
}

/** Undefined for what cannot be read: whoever reads the settings says what is wrong with them. */
function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** A text of settings with one more. `values.` may stand before, as in the guides of the field. */
function withSetting(text: string, setting: string): string {
  const [, path = "", value = ""] = /^(?:values\.)?([\w-]+(?:\.[\w-]+)*)=(.*)$/s.exec(setting) ?? [];
  if (path === "") throw new CommandFailure(exitStatus.usage, `--set: ${JSON.stringify(setting)} is not name.of.the.setting=value`);
  return JSON.stringify(withValueAt(parsed(text) ?? {}, path.split("."), parsed(value) ?? ""));
}
