import type { JsonObject } from "../base/json.ts";
import type { ContainerSpec, EnvVarSpec, PodTemplate, ProbeSpec } from "../probe/pod-spec.ts";
import { agentVariables } from "./agent-variables.ts";
import { drainTimesOf } from "./drain-times.ts";
import type { PodSettings } from "./pod-settings.ts";
import { proxyUser, type ProbeNumbers } from "./settings.ts";
import { healthPort, metricsPort } from "./sidecar-ports.ts";
import { tokenFile, volumeMounts, workDir } from "./sidecar-volumes.ts";

export interface SidecarFacts {
  readonly mesh: string;
  /** What the agent is told of the app's metrics; undefined: it has none to show. */
  readonly appMetrics: string | undefined;
}

/** The container with Envoy and its agent. What it is there for, its variables say. */
export function sidecarContainer(pod: PodTemplate, settings: PodSettings, facts: SidecarFacts): ContainerSpec {
  const { sidecarName: name, image, imagePullPolicy, resources, native, startup, readiness, statusPort } = settings;
  const probed = statusPort !== 0;
  return {
    name,
    image,
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    args: ["agent"],
    env: variables(pod, settings, facts),
    ports: [
      ...(probed ? [{ name: "http-agent", containerPort: statusPort, protocol: "TCP" }] : []),
      { name: "http-health", containerPort: healthPort, protocol: "TCP" },
      { name: "http-envoy-prom", containerPort: metricsPort, protocol: "TCP" },
    ],
    resources,
    ...(probed && startup !== undefined ? { startupProbe: probeOf(startup) } : {}),
    ...(probed ? { readinessProbe: probeOf(readiness) } : {}),
    ...(probed ? lifecycleOf(settings) : {}),
    ...(native ? { restartPolicy: "Always" } : {}),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsGroup: proxyUser,
      runAsNonRoot: true,
      runAsUser: proxyUser,
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts,
  };
}

/** Envoy's own listener: that it answers says that Envoy serves, what it answers comes from the agent. */
function probeOf(numbers: ProbeNumbers): ProbeSpec {
  return { httpGet: { path: "/healthz/ready", port: healthPort }, ...numbers };
}

/**
 * Containers that start together wait for a hook; after a native sidecar the kubelet waits for its startup probe. And a native sidecar is
 * stopped only when the others have ended, so that it is told to drain before that.
 */
function lifecycleOf({ native, holdApplication, startup }: PodSettings): Pick<ContainerSpec, "lifecycle"> {
  const run = (word: string) => ({ exec: { command: ["probeplane", "agent", word] } });
  const postStart = holdApplication && (!native || startup === undefined) ? { postStart: run("wait") } : {};
  const lifecycle = { ...postStart, ...(native ? { preStop: run("drain") } : {}) };
  return Object.keys(lifecycle).length === 0 ? {} : { lifecycle };
}

function variables(pod: PodTemplate, settings: PodSettings, { mesh, appMetrics }: SidecarFacts): readonly EnvVarSpec[] {
  const { podName, podNamespace, podIp, podIps, cpuLimit } = agentVariables;
  const drain = drainTimesOf(pod, settings);
  const texts: readonly (readonly [keyof typeof agentVariables, string | undefined])[] = [
    ["mesh", mesh],
    ["cpAddress", settings.controlPlaneUrl],
    ["caCert", settings.caCertPem],
    ["tokenFile", tokenFile],
    ["workDir", workDir],
    ["statusPort", String(settings.statusPort)],
    ["envoyLogLevel", settings.logLevel],
    ["envoyComponentLogLevel", settings.componentLogLevel],
    ["concurrency", settings.concurrency === undefined ? undefined : String(settings.concurrency)],
    ["drainTime", drain.longest],
    ["minimumDrainTime", drain.least],
    ["listenerDrainTime", settings.listenerDrainTime],
    ["appMetrics", appMetrics],
    ["appAddress", settings.appAddress],
  ];
  const own: readonly EnvVarSpec[] = [
    { name: podName, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: podNamespace, valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
    { name: podIp, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    { name: podIps, valueFrom: { fieldRef: { fieldPath: "status.podIPs" } } },
    ...texts.flatMap(([key, value = ""]) => (value === "" ? [] : [{ name: agentVariables[key], value }])),
    // Without a limit the downward API would tell the cores of the node.
    ...(hasCpuLimit(settings.resources) ? [{ name: cpuLimit, valueFrom: { resourceFieldRef: { containerName: settings.sidecarName, resource: "limits.cpu", divisor: "1" } } }] : []),
  ];
  const further = Object.entries(settings.sidecarEnv).map(([name, value]) => ({ name, value }));
  return [...own.filter(({ name }) => !Object.hasOwn(settings.sidecarEnv, name)), ...further];
}

function hasCpuLimit({ limits }: JsonObject): boolean {
  return typeof limits === "object" && limits !== null && "cpu" in limits;
}
