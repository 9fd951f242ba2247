/** For each value of the chart one that is not its default, and what else has to be set for it to matter. */
export interface SampleValue {
  readonly value: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
}

const certManager = { "certManager.enabled": true };
const issuer = { ...certManager, "certManager.issuerRef.name": "our-issuer" };
const serviceMonitor = { "serviceMonitor.enabled": true };
const prometheusRule = { "prometheusRule.enabled": true };
const dashboard = { "dashboard.enabled": true };
const egress = { "networkPolicy.restrictEgress": true };

export const sampleValues: Readonly<Record<string, SampleValue>> = {
  replicas: { value: 3 },
  "image.repository": { value: "example.com/mesh/probeplane" },
  "image.tag": { value: "0.1.0-rc1" },
  "image.digest": { value: `sha256:${"0123456789abcdef".repeat(4)}` },
  "image.pullPolicy": { value: "Always" },
  imagePullSecrets: { value: [{ name: "registry" }] },
  fullnameOverride: { value: "health" },
  commonLabels: { value: { team: "mesh" } },
  clusterDomain: { value: "cluster.example" },
  listenAddress: { value: "[::]" },
  systemNamespaces: { value: ["mesh-admin"] },
  config: { value: { logLevel: "info,xds=debug", compatibility: { tcpPayload: "text" }, quietTime: "20ms" } },
  "crds.install": { value: false },
  "crds.keep": { value: false },
  "serviceAccount.create": { value: false, with: { "serviceAccount.name": "given" } },
  "serviceAccount.name": { value: "health" },
  "serviceAccount.annotations": { value: { "example.com/role": "mesh" } },
  "rbac.create": { value: false },
  "webhook.enabled": { value: false },
  "webhook.failurePolicy": { value: "Fail" },
  "webhook.timeoutSeconds": { value: 3 },
  "webhook.namespaceSelector": { value: { matchLabels: { mesh: "yes" } } },
  "sidecarInjectorWebhook.enabled": { value: false },
  "sidecarInjectorWebhook.rewriteAppHTTPProbe": { value: false },
  "sidecarInjectorWebhook.enableNamespacesByDefault": { value: true },
  "sidecarInjectorWebhook.injectedAnnotations": { value: { "example.com/mesh": "yes" } },
  "sidecarInjectorWebhook.configMap": { value: "sidecars" },
  "sidecarInjectorWebhook.failurePolicy": { value: "Ignore" },
  "sidecarInjectorWebhook.reinvocationPolicy": { value: "Never" },
  "sidecarInjectorWebhook.timeoutSeconds": { value: 3 },
  "sidecarInjectorWebhook.excludedNamespaces": { value: ["kube-system", "monitoring"] },
  "global.imagePullPolicy": { value: "Always" },
  "global.imagePullSecrets": { value: ["registry"] },
  "global.proxy.image": { value: "example.com/mesh/sidecar:2" },
  "global.proxy.containerName": { value: "sidecar" },
  "global.proxy.resources": { value: { requests: { cpu: "50m" } } },
  "global.proxy.logLevel": { value: "info" },
  "global.proxy.componentLogLevel": { value: "http:debug" },
  "global.proxy.statusPort": { value: 16020 },
  "global.proxy.holdApplicationUntilProxyStarts": { value: true },
  "global.proxy.nativeSidecar": { value: true },
  "global.proxy.drainTime": { value: "1m" },
  "global.proxy.minimumDrainTime": { value: "10s" },
  "global.proxy.readinessInitialDelaySeconds": { value: 1 },
  "global.proxy.readinessPeriodSeconds": { value: 2 },
  "global.proxy.readinessFailureThreshold": { value: 30 },
  "global.proxy.startupProbe.enabled": { value: false },
  "global.proxy.startupProbe.failureThreshold": { value: 60 },
  "global.proxy.includeInboundPorts": { value: "8080,9090" },
  "global.proxy.excludeInboundPorts": { value: "9102,8000-8010" },
  "global.proxy.includeIPRanges": { value: "10.0.0.0/8" },
  "global.proxy.excludeIPRanges": { value: "10.1.0.0/16" },
  "global.proxy.includeOutboundPorts": { value: "443" },
  "global.proxy.excludeOutboundPorts": { value: "5432" },
  "global.proxy_init.image": { value: "example.com/mesh/init:2" },
  "global.proxy_init.containerName": { value: "redirect" },
  "global.proxy_init.resources": { value: { limits: { cpu: "100m" } } },
  "meshConfig.enablePrometheusMerge": { value: false },
  "meshConfig.defaultConfig": { value: { concurrency: 2, proxyMetadata: { LOG: "x" } } },
  "certManager.enabled": { value: true },
  "certManager.issuerRef.name": { value: "our-issuer", with: certManager },
  "certManager.issuerRef.kind": { value: "ClusterIssuer", with: issuer },
  "certManager.issuerRef.group": { value: "example.com", with: issuer },
  "certManager.duration": { value: "720h", with: certManager },
  "certManager.renewBefore": { value: "240h", with: certManager },
  "service.type": { value: "LoadBalancer" },
  "service.annotations": { value: { "example.com/internal": "true" } },
  "service.ipFamilyPolicy": { value: "PreferDualStack" },
  resources: { value: { requests: { cpu: "1" }, limits: { memory: "2Gi" } } },
  minReadySeconds: { value: 30 },
  preStopSleepSeconds: { value: 10 },
  terminationGracePeriodSeconds: { value: 60 },
  "podDisruptionBudget.enabled": { value: false },
  "podDisruptionBudget.maxUnavailable": { value: "30%" },
  "topologySpread.enabled": { value: false },
  "topologySpread.whenUnsatisfiable": { value: "DoNotSchedule" },
  nodeSelector: { value: { "kubernetes.io/os": "linux" } },
  tolerations: { value: [{ key: "control-plane", operator: "Exists", effect: "NoSchedule" }] },
  affinity: { value: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: "pool", operator: "In", values: ["control"] }] } }] } } },
  priorityClassName: { value: "system-cluster-critical" },
  podAnnotations: { value: { "example.com/scrape": "no" } },
  podLabels: { value: { tier: "control" } },
  runAsUser: { value: null },
  extraEnv: { value: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=1536" }] },
  extraVolumes: { value: [{ name: "authorities", emptyDir: {} }] },
  extraVolumeMounts: { value: [{ name: "authorities", mountPath: "/etc/authorities" }], with: { extraVolumes: [{ name: "authorities", emptyDir: {} }] } },
  "networkPolicy.enabled": { value: false },
  "networkPolicy.proxiesFrom": { value: [] },
  "networkPolicy.apiFrom": { value: [{ namespaceSelector: { matchLabels: { team: "mesh" } } }] },
  "networkPolicy.metricsFrom": { value: [{ namespaceSelector: { matchLabels: { team: "monitoring" } } }] },
  "networkPolicy.restrictEgress": { value: true },
  "networkPolicy.apiServerPorts": { value: [16443], with: egress },
  "serviceMonitor.enabled": { value: true },
  "serviceMonitor.labels": { value: { release: "prometheus" }, with: serviceMonitor },
  "serviceMonitor.interval": { value: "10s", with: serviceMonitor },
  "serviceMonitor.tokenSecret.name": { value: "metrics-token", with: serviceMonitor },
  "serviceMonitor.tokenSecret.key": { value: "jwt", with: serviceMonitor },
  "prometheusRule.enabled": { value: true },
  "prometheusRule.labels": { value: { release: "prometheus" }, with: prometheusRule },
  "prometheusRule.alertLabels": { value: { team: "mesh" }, with: prometheusRule },
  "dashboard.enabled": { value: true },
  "dashboard.labels": { value: { dashboards: "yes" }, with: dashboard },
  "dashboard.annotations": { value: { grafana_folder: "Mesh" }, with: dashboard },
};

/** What switches off what others would set; they cannot all be set together. */
export const switchesOff: ReadonlySet<string> = new Set([
  ...["crds.install", "crds.keep", "rbac.create", "serviceAccount.create", "webhook.enabled", "sidecarInjectorWebhook.enabled", "podDisruptionBudget.enabled", "topologySpread.enabled", "networkPolicy.enabled"],
]);

/** `{"a.b": 1}` as values: `{a: {b: 1}}`. */
export function nestedValues(flat: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(flat)) {
    const keys = name.split(".");
    const last = keys.pop() ?? name;
    let level = values;
    for (const key of keys) level = (level[key] ??= {}) as Record<string, unknown>;
    level[last] = value;
  }
  return values;
}

/** Everything set that can be set together. */
export function everySampleValue(): Readonly<Record<string, unknown>> {
  const rest = Object.entries(sampleValues).filter(([name]) => !switchesOff.has(name));
  return nestedValues(Object.assign({}, ...rest.map(([name, { value, with: more }]) => ({ ...more, [name]: value }))) as Readonly<Record<string, unknown>>);
}

/** Everything off that can be off. */
export function everySwitchOff(): Readonly<Record<string, unknown>> {
  return nestedValues(Object.assign({}, ...[...switchesOff].map((name) => ({ ...sampleValues[name]?.with, [name]: sampleValues[name]?.value }))) as Readonly<Record<string, unknown>>);
}
