import type { Violation } from "../base/violation.ts";
import type { InjectionSettings } from "./settings.ts";

/** Where Envoy answers the kubelet's probe of the sidecar itself, and Prometheus. */
export const healthPort = 15_021;
export const metricsPort = 15_090;

/** Ports that a sidecar listens on besides its agent's. */
export function portsOfEnvoy({ redirect }: Pick<InjectionSettings, "redirect">): readonly number[] {
  return [healthPort, metricsPort, redirect.inboundPort, redirect.outboundPort];
}

/** What two of its parts would both listen on, under the path of where it is set. */
export function portProblems(settings: Pick<InjectionSettings, "redirect" | "statusPort">, path: string): readonly Violation[] {
  if (!portsOfEnvoy(settings).includes(settings.statusPort)) return [];
  return [{ path, message: `${settings.statusPort} is taken by another part of the sidecar` }];
}
