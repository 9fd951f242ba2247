import { deepFreeze } from "../base/deep-freeze.ts";
import type { JsonObject } from "../base/json.ts";
import type { Violation } from "../base/violation.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import { imageOf } from "./image-of.ts";
import { allOr, readCidrs, readComponentLevels, readDuration, readImage, readLogLevel, readPorts, readQuantity, take, type ReadText } from "./read-text.ts";
import { readYaml } from "./read-yaml.ts";
import { defaultInjectionSettings, type InjectedRedirect, type InjectionSettings } from "./settings.ts";
import { portProblems } from "./sidecar-ports.ts";
import { valuesSchema } from "./values-schema.ts";
import type { ProxyConfigValues, ProxyValues, Values } from "./values.ts";

export type InjectionSettingsResult =
  | { readonly ok: true; readonly settings: InjectionSettings; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/**
 * Reads the text that a ConfigMap keeps under `values`: JSON or YAML, nested and named as Istio's values are. What it does not say is
 * as in `base`: what the control plane knows itself, and defaults. Names without a meaning here are warnings.
 */
export function readInjectionSettings(text: string, base: InjectionSettings = defaultInjectionSettings): InjectionSettingsResult {
  const read = readYaml(text, valuesSchema);
  if (!read.ok) return read;
  const values = read.value as Values;
  const violations: Violation[] = [];
  const reader = createReader(violations);
  const settings: InjectionSettings = {
    ...base,
    ...generalSettings(values.meshConfig?.defaultConfig ?? {}, reader),
    ...proxySettings(values.global?.proxy ?? {}, base, reader),
    ...imageSettings(values.global ?? {}, base, reader),
    ...webhookSettings(values),
    ...addressSettings(values.controlPlane ?? {}, reader),
  };
  violations.push(...portProblems(settings, "global.proxy.statusPort"));
  return violations.length > 0 ? { ok: false, violations } : { ok: true, settings: deepFreeze(settings), warnings: read.warnings };
}

function generalSettings({ terminationDrainDuration: drain, drainDuration, holdApplicationUntilProxyStarts: holdApplication, proxyMetadata: sidecarEnv, ...same }: ProxyConfigValues, { text }: Reader): Partial<InjectionSettings> {
  const drainTime = text(readDuration, drain, "meshConfig.defaultConfig.terminationDrainDuration");
  const listenerDrainTime = text(readDuration, drainDuration, "meshConfig.defaultConfig.drainDuration");
  return withoutUndefined({ ...same, holdApplication, sidecarEnv, drainTime, listenerDrainTime });
}

function proxySettings(proxy: ProxyValues, base: InjectionSettings, { text, name, resources }: Reader): Partial<InjectionSettings> {
  const { readinessInitialDelaySeconds: initialDelaySeconds, readinessPeriodSeconds: periodSeconds, readinessFailureThreshold: failureThreshold } = proxy;
  const own = withoutUndefined({
    sidecarName: name(proxy.containerName, "global.proxy.containerName"),
    resources: resources(proxy.resources, "global.proxy.resources"),
    logLevel: text(readLogLevel, proxy.logLevel, "global.proxy.logLevel"),
    componentLogLevel: text(readComponentLevels, proxy.componentLogLevel, "global.proxy.componentLogLevel"),
    drainTime: text(readDuration, proxy.drainTime, "global.proxy.drainTime"),
    minimumDrainTime: text(readDuration, proxy.minimumDrainTime, "global.proxy.minimumDrainTime"),
    concurrency: proxy.concurrency,
    native: proxy.nativeSidecar,
    holdApplication: proxy.holdApplicationUntilProxyStarts,
    statusPort: proxy.statusPort,
  });
  return {
    ...own,
    readiness: { ...base.readiness, ...withoutUndefined({ initialDelaySeconds, periodSeconds, failureThreshold }) },
    startup: startupOf(proxy, base),
    redirect: redirectOf(proxy, base.redirect, text),
  };
}

function startupOf({ startupProbe: { enabled, failureThreshold } = {} }: ProxyValues, base: InjectionSettings): InjectionSettings["startup"] {
  const startup = base.startup ?? defaultInjectionSettings.startup;
  if (startup === undefined || enabled === false || (enabled === undefined && base.startup === undefined)) return undefined;
  return failureThreshold === undefined ? startup : { ...startup, failureThreshold };
}

function redirectOf(proxy: ProxyValues, base: InjectedRedirect, read: Reader["text"]): InjectedRedirect {
  const text = <T>(how: ReadText<T>, name: "includeInboundPorts" | "excludeInboundPorts" | "includeIPRanges" | "excludeIPRanges" | "includeOutboundPorts" | "excludeOutboundPorts"): T | undefined => {
    return read(how, proxy[name], `global.proxy.${name}`);
  };
  const own = withoutUndefined({
    includeInboundPorts: text(allOr(readPorts), "includeInboundPorts"),
    excludeInboundPorts: text(readPorts, "excludeInboundPorts"),
    includeOutboundCidrs: text(allOr(readCidrs), "includeIPRanges"),
    excludeOutboundCidrs: text(readCidrs, "excludeIPRanges"),
    includeOutboundPorts: text(readPorts, "includeOutboundPorts"),
    excludeOutboundPorts: text(readPorts, "excludeOutboundPorts"),
  });
  return { ...base, ...own };
}

function imageSettings(global: NonNullable<Values["global"]>, base: InjectionSettings, { text, name, resources }: Reader): Partial<InjectionSettings> {
  const { imagePullPolicy, imagePullSecrets, proxy, proxy_init: init = {} } = global;
  const own = withoutUndefined({
    imagePullSecrets,
    image: text(readImage, imageOf(proxy?.image, global, base.image), "global.proxy.image"),
    initImage: text(readImage, imageOf(init.image, global, undefined), "global.proxy_init.image"),
    initName: name(init.containerName, "global.proxy_init.containerName"),
    initResources: resources(init.resources, "global.proxy_init.resources"),
  });
  return { ...own, ...(imagePullPolicy === undefined ? {} : { imagePullPolicy: imagePullPolicy === "" ? undefined : imagePullPolicy }) };
}

function webhookSettings({ sidecarInjectorWebhook: webhook = {}, meshConfig }: Values): Partial<InjectionSettings> {
  const { rewriteAppHTTPProbe, enableNamespacesByDefault, injectedAnnotations } = webhook;
  return withoutUndefined({ rewriteAppHTTPProbe, enableNamespacesByDefault, injectedAnnotations, mergeMetrics: meshConfig?.enablePrometheusMerge });
}

function addressSettings({ url, caCertificate, tokenAudience }: NonNullable<Values["controlPlane"]>, { url: read }: Reader): Partial<InjectionSettings> {
  return withoutUndefined({ controlPlaneUrl: read(url, "controlPlane.url"), caCertPem: caCertificate, tokenAudience });
}

/** Reads what may be there; what is wrong is a violation. */
interface Reader {
  text<T>(read: ReadText<T>, text: string | undefined, path: string): T | undefined;
  /** Of a container. */
  name(text: string | undefined, path: string): string | undefined;
  url(text: string | undefined, path: string): string | undefined;
  resources(resources: JsonObject | undefined, path: string): JsonObject | undefined;
}

function createReader(violations: Violation[]): Reader {
  const matching = (pattern: RegExp, message: string) => (text: string | undefined, path: string) => {
    if (text !== undefined && !pattern.test(text)) violations.push({ path, message });
    return text;
  };
  return {
    text: (read, text, path) => (text === undefined ? undefined : take(read, text, path, violations)),
    name: matching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a name of a container: small letters, digits and - within, 63 at most"),
    url: matching(/^https?:\/\/[^/\s]+\/?$/, "must be an address such as https://probeplane.probeplane-system.svc:5678"),
    resources: (resources, path) => {
      for (const [name, amount, at] of amountsIn(resources ?? {}, path)) {
        if (typeof amount !== "number") take(readQuantity, typeof amount === "string" ? amount : "", `${at}.${name}`, violations);
      }
      return resources;
    },
  };
}

function amountsIn(resources: JsonObject, path: string): readonly (readonly [string, unknown, string])[] {
  return ["requests", "limits"].flatMap((of) => {
    const amounts = resources[of];
    return typeof amounts === "object" && amounts !== null ? Object.entries(amounts).map(([name, amount]) => [name, amount, `${path}.${of}`] as const) : [];
  });
}
