import type { Violation } from "../base/violation.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { PodTemplate } from "../probe/pod-spec.ts";
import { parseAppAddresses } from "../kubernetes/app-address.ts";
import { statusPortOf } from "../probe/status-port.ts";
import { annotationPath } from "./annotation-path.ts";
import { createAnnotationReader, type AnnotationReader } from "./annotation-reader.ts";
import { isRedirected, podRedirect } from "./pod-redirect.ts";
import { podResources } from "./pod-resources.ts";
import { readProxyConfig } from "./proxy-config.ts";
import { readComponentLevels, readDuration, readImage, readLogLevel, readVariables, wholeNumber, type ReadText } from "./read-text.ts";
import type { InjectionSettings } from "./settings.ts";
import { portProblems } from "./sidecar-ports.ts";

/** The settings of one pod: those for all, and over them what its annotations say. */
export interface PodSettings extends InjectionSettings {
  /** Whether anything redirects its connections to the sidecar. */
  readonly redirected: boolean;
  /** Redirect before the other init containers. */
  readonly initFirst: boolean;
  /** Where the app listens, as `parseAppAddresses` reads it; undefined: at the pod's address. */
  readonly appAddress: string | undefined;
}

export interface ReadPodSettings {
  readonly settings: PodSettings;
  readonly warnings: readonly string[];
  readonly violations: readonly Violation[];
}

/** What a pod's annotations make of the settings. All that is wrong with them is told at once. */
export function podSettings(pod: PodTemplate, base: InjectionSettings): ReadPodSettings {
  const warnings: string[] = [];
  const violations: Violation[] = [];
  const reader = createAnnotationReader(pod, warnings, violations);
  const config = readProxyConfig(base, reader);
  const status = statusPortOf(pod, config.statusPort);
  if (!status.ok) violations.push(status.violation);
  const settings: PodSettings = {
    ...config,
    ...ownSettings(reader),
    native: reader.yes("nativeSidecar") ?? (config.native || endsByItself(pod)),
    statusPort: status.ok ? status.port : config.statusPort,
    readiness: { ...config.readiness, ...ownReadiness(reader) },
    sidecarEnv: { ...config.sidecarEnv, ...reader.one(readVariables, "sidecarEnv") },
    redirect: podRedirect(config.redirect, reader),
    redirected: isRedirected(pod, reader),
    initFirst: reader.yes("initFirst") ?? false,
    appAddress: reader.one(readAppAddress, "appAddress"),
  };
  violations.push(...portProblems(settings, annotationPath("statusPort")));
  return { settings, warnings, violations };
}

const readAppAddress: ReadText<string> = (text) => {
  const parsed = parseAppAddresses(text);
  return parsed.ok ? { value: text.trim() } : parsed;
};

/** A Job waits for every ordinary container, and a sidecar does not end by itself. */
function endsByItself({ spec }: PodTemplate): boolean {
  return spec?.["restartPolicy"] === "Never" || spec?.["restartPolicy"] === "OnFailure";
}

function ownSettings(reader: AnnotationReader): Partial<InjectionSettings> {
  const { one, either, yes } = reader;
  const image = one(readImage, "proxyImage");
  const own = withoutUndefined({
    image,
    resources: podResources(reader),
    logLevel: either(readLogLevel, "logLevel", "istioLogLevel"),
    componentLogLevel: either(readComponentLevels, "componentLogLevel", "istioComponentLogLevel"),
    concurrency: one(wholeNumber(0, 999), "concurrency"),
    mergeMetrics: yes("mergeMetrics"),
    holdApplication: yes("holdApplication"),
    drainTime: one(readDuration, "drainTime"),
  });
  return image === undefined ? own : { ...own, initImage: undefined };
}

function ownReadiness({ one }: AnnotationReader): Partial<InjectionSettings["readiness"]> {
  return withoutUndefined({
    initialDelaySeconds: one(wholeNumber(0, 86_400), "readinessInitialDelay"),
    periodSeconds: one(wholeNumber(1, 86_400), "readinessPeriod"),
    failureThreshold: one(wholeNumber(1, 100_000), "readinessFailureThreshold"),
  });
}
