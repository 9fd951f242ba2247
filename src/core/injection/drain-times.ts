import { formatGoDuration, parseDuration } from "../base/duration.ts";
import { asArray, asNumber, asObject, asString, ownField } from "../base/json.ts";
import { switchIn } from "../kubernetes/read-annotation.ts";
import type { ContainerSpec, PodTemplate } from "../probe/pod-spec.ts";
import { readDuration } from "./read-text.ts";
import type { InjectionSettings } from "./settings.ts";

/** How a sidecar ends, in Go's duration syntax. */
export interface DrainTimes {
  /** The longest time that requests under way may take. */
  readonly longest: string;
  /** For so long connections are taken however idle the sidecar is. */
  readonly least: string;
}

type DrainSettings = Pick<InjectionSettings, "drainTime" | "minimumDrainTime" | "sidecarEnv" | "native" | "sidecarName">;

/** What a pod has from the request that it end until it is killed; Kubernetes' default. */
const defaultGraceSeconds = 30;

/** Kept for what comes after the drain: Envoy and the agent end. */
const endingSeconds = 5;

/**
 * What is set, but not longer than what leaves time to end before the kubelet kills the pod. A container that waits in its `preStop` is
 * still called, and still calls others: the sidecar, which is told to end at the same time, stays for as long at least. A native sidecar is
 * told after the containers have ended.
 */
export function drainTimesOf({ spec }: PodTemplate, settings: DrainSettings): DrainTimes {
  const mostMs = mostMsOf(spec?.["terminationGracePeriodSeconds"]);
  const setMs = durationMs(settings.drainTime) ?? mostMs;
  const untilIdle = exitsWhenIdle(settings);
  const heldMs = settings.native ? 0 : 1000 * Math.max(0, ...(spec?.containers ?? []).filter(({ name }) => name !== settings.sidecarName).map(preStopSeconds));
  const ownLeastMs = durationMs(settings.sidecarEnv[minimumVariable]) ?? durationMs(settings.minimumDrainTime) ?? 0;
  // Said to be false: the whole time, connections or not.
  const leastMs = Math.max(untilIdle === false ? setMs : ownLeastMs, heldMs);
  const longestMs = Math.min(mostMs, untilIdle === true ? mostMs : Math.max(setMs, heldMs));
  return { longest: formatGoDuration(longestMs), least: formatGoDuration(Math.min(leastMs, longestMs)) };
}

/** What of it does not go together, in words for the pod's author. @param base what holds for all, which is not the author's concern. */
export function drainWarnings(pod: PodTemplate, settings: DrainSettings, base: Pick<InjectionSettings, "drainTime">): readonly string[] {
  const grace = pod.spec?.["terminationGracePeriodSeconds"];
  const graceSeconds = asNumber(grace) ?? defaultGraceSeconds;
  const setMs = durationMs(settings.drainTime) ?? 0;
  const most = formatGoDuration(mostMsOf(grace));
  // The API server writes its default into every pod: that was nobody's word.
  const isOwn = settings.drainTime !== base.drainTime || graceSeconds !== defaultGraceSeconds;
  const cut = isOwn && exitsWhenIdle(settings) !== true && setMs > mostMsOf(grace);
  const held = Math.max(0, ...(pod.spec?.containers ?? []).map(preStopSeconds));
  return [
    ...(cut ? [`spec.terminationGracePeriodSeconds: ${graceSeconds} leaves the sidecar ${most} of its drain time of ${settings.drainTime}; requests that take longer are cut. Set it to ${Math.ceil(setMs / 1000) + endingSeconds} or more`] : []),
    ...(held >= graceSeconds ? [`spec.terminationGracePeriodSeconds: ${graceSeconds} is over before a preStop hook that waits ${held}s: the pod is killed, not ended`] : []),
    ...[minimumVariable, idleVariable].flatMap((name) => unreadable(name, settings.sidecarEnv[name])),
  ];
}

/** Istio's, in `proxyMetadata`. */
const idleVariable = "EXIT_ON_ZERO_ACTIVE_CONNECTIONS";
const minimumVariable = "MINIMUM_DRAIN_DURATION";

function unreadable(name: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const isGood = name === idleVariable ? asSwitch(text) !== undefined : "value" in readDuration(text);
  return isGood ? [] : [`${name}: is ${JSON.stringify(text.slice(0, 80))}, which is ${name === idleVariable ? "neither yes nor no" : "no duration from 0s to 1h"}, and counts for nothing`];
}

function exitsWhenIdle({ sidecarEnv }: Pick<InjectionSettings, "sidecarEnv">): boolean | undefined {
  return asSwitch(sidecarEnv[idleVariable]);
}

/** Go's spellings too. */
function asSwitch(text: string | undefined): boolean | undefined {
  const short: Readonly<Record<string, boolean>> = { "1": true, t: true, "0": false, f: false };
  return switchIn(text) ?? short[text?.trim().toLowerCase() ?? ""];
}

function mostMsOf(grace: unknown): number {
  return Math.max(0, (asNumber(grace) ?? defaultGraceSeconds) - endingSeconds) * 1000;
}

function durationMs(text: string | undefined): number | undefined {
  const parsed = text === undefined ? undefined : parseDuration(text);
  return parsed?.ok === true && parsed.ms >= 0 ? parsed.ms : undefined;
}

/** How long a container's `preStop` waits, where it does nothing but that: `sleep: {seconds: 5}`, or the command `sleep 5`, also in a shell. */
function preStopSeconds({ lifecycle }: ContainerSpec): number {
  const { sleep, exec } = lifecycle?.preStop ?? {};
  const own = asNumber(ownField(asObject(sleep), "seconds"));
  if (own !== undefined) return own;
  const words = (asArray(ownField(asObject(exec), "command")) ?? []).map((word) => asString(word) ?? "");
  const seconds = /(?:^|[\s;&/])sleep (\d{1,6})s?(?=$|[\s;&])/.exec(words.join(" "))?.[1];
  return seconds === undefined ? 0 : Number(seconds);
}
