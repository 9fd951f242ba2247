import { noticeText } from "../base/notice.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { AnnotationReader } from "./annotation-reader.ts";
import { readDuration } from "./read-text.ts";
import { readYaml } from "./read-yaml.ts";
import type { InjectionSettings } from "./settings.ts";
import { proxyConfigSchema } from "./values-schema.ts";
import type { ProxyConfigValues } from "./values.ts";

/** The settings with what Istio's annotation `proxy.istio.io/config` says over them. */
export function readProxyConfig(base: InjectionSettings, { raw, warn, refuse }: AnnotationReader): InjectionSettings {
  const text = raw("proxyConfig") ?? "";
  if (text.trim() === "") return base;
  const read = readYaml(text, proxyConfigSchema);
  if (!read.ok) {
    for (const violation of read.violations) refuse("proxyConfig", noticeText(violation));
    return base;
  }
  for (const warning of read.warnings) warn("proxyConfig", warning);
  const { terminationDrainDuration, drainDuration, holdApplicationUntilProxyStarts: holdApplication, concurrency, statusPort, proxyMetadata } = read.value as ProxyConfigValues;
  const duration = (name: string, written: string | undefined): string | undefined => {
    const result = written === undefined ? undefined : readDuration(written);
    if (result !== undefined && "problem" in result) refuse("proxyConfig", `${name}: ${result.problem}`);
    return result !== undefined && "value" in result ? result.value : undefined;
  };
  const drainTime = duration("terminationDrainDuration", terminationDrainDuration);
  const listenerDrainTime = duration("drainDuration", drainDuration);
  return { ...base, ...withoutUndefined({ concurrency, holdApplication, statusPort, drainTime, listenerDrainTime }), sidecarEnv: { ...base.sidecarEnv, ...proxyMetadata } };
}
