import type { JsonSchema } from "../base/json-schema.ts";
import { logLevels } from "./settings.ts";

const text = (description: string): JsonSchema => ({ type: "string", description });
const flag = (description: string): JsonSchema => ({ type: "boolean", description });
const whole = (description: string, minimum: number, maximum?: number): JsonSchema => ({ type: "integer", description, minimum, ...(maximum === undefined ? {} : { maximum }) });
const anything = (description: string): JsonSchema => ({ type: "object", description, additionalProperties: true });
const fields = (description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({ type: "object", description, properties });

/** Of Istio's ProxyConfig, in the values under `meshConfig.defaultConfig` and on a pod in the annotation `proxy.istio.io/config`. */
export const proxyConfigSchema = fields("Istio's ProxyConfig, as far as it means something here.", {
  concurrency: whole("Envoy's threads; 0: one for each core.", 0, 999),
  holdApplicationUntilProxyStarts: flag("Start the other containers once Envoy is ready."),
  terminationDrainDuration: { type: "string", format: "duration", description: "How long requests under way may take once the pod is to end." },
  drainDuration: { type: "string", format: "duration", description: "How long Envoy lets connections end by themselves when one of its listeners changes." },
  statusPort: whole("Port of the agent; 0: none.", 0, 65_535),
  proxyMetadata: { type: "object", description: "Further environment variables of the sidecar; EXIT_ON_ZERO_ACTIVE_CONNECTIONS and MINIMUM_DRAIN_DURATION say how it ends.", additionalProperties: { type: "string" } },
});

const proxySchema = fields("The sidecar.", {
  image: text("Image of the sidecar: a reference with a slash, or a name, to which `hub` and `tag` are added."),
  containerName: text("Name of its container."),
  resources: anything("What it asks for, and what it may take at most."),
  logLevel: { type: "string", description: "How much Envoy logs.", enum: [...logLevels, "warn"] },
  componentLogLevel: text("Levels of Envoy's components: `http:debug,upstream:info`."),
  concurrency: whole("Envoy's threads; 0: one for each core.", 0, 999),
  nativeSidecar: flag("The sidecar as an init container that goes on running."),
  holdApplicationUntilProxyStarts: flag("Start the other containers once Envoy is ready."),
  drainTime: { type: "string", format: "duration", description: "How long requests under way may take once the pod is to end." },
  minimumDrainTime: { type: "string", format: "duration", description: "For how long the sidecar takes connections then, however idle it is." },
  statusPort: whole("Port of the agent; 0: none.", 0, 65_535),
  readinessInitialDelaySeconds: whole("Of its readiness probe.", 0, 86_400),
  readinessPeriodSeconds: whole("Of its readiness probe.", 1, 86_400),
  readinessFailureThreshold: whole("Of its readiness probe.", 1, 100_000),
  startupProbe: fields("Its startup probe, once a second.", {
    enabled: flag("Whether it has one."),
    failureThreshold: whole("After how many failures it is started anew.", 1, 100_000),
  }),
  includeInboundPorts: text("Ports of the pod that are redirected: `*`, or a list. Empty: none."),
  excludeInboundPorts: text("Ports and ranges that are not."),
  includeIPRanges: text("Addresses to which connections are redirected: `*`, or a list. Empty: none."),
  excludeIPRanges: text("Addresses to which they are not."),
  includeOutboundPorts: text("Ports to which they are redirected whatever the address."),
  excludeOutboundPorts: text("Ports and ranges to which they are not."),
});

/** What a ConfigMap of the injector may say under `values`: Istio's values, as far as they mean something here, and some of ours. */
export const valuesSchema = fields("Settings of the injector.", {
  global: fields("What a sidecar is made of.", {
    hub: text("Registry and folder of images that are given as names."),
    tag: { type: ["string", "number"], description: "Their tag." },
    imagePullPolicy: { type: "string", description: "When nodes pull the images. Empty: as Kubernetes does by itself.", enum: ["", "Always", "IfNotPresent", "Never"] },
    imagePullSecrets: { type: "array", description: "Names of Secrets for their registry.", items: { type: "string" } },
    proxy: proxySchema,
    proxy_init: fields("The init container that redirects.", {
      image: text("Its image; empty: that of the sidecar."),
      containerName: text("Its name."),
      resources: anything("What it asks for, and what it may take at most."),
    }),
  }),
  meshConfig: fields("Of Istio's mesh configuration, as far as it means something here.", {
    enablePrometheusMerge: flag("Whether the agent shows the app's metrics beside Envoy's."),
    defaultConfig: proxyConfigSchema,
  }),
  sidecarInjectorWebhook: fields("What is done to pods.", {
    rewriteAppHTTPProbe: flag("Whether probes of apps go through the agent where a pod's annotation says nothing."),
    enableNamespacesByDefault: flag("Whether pods get a sidecar where neither they nor their namespace say a word."),
    injectedAnnotations: { type: "object", description: "Annotations that every pod with a sidecar gets.", additionalProperties: { type: "string" } },
    reinvocationPolicy: text("For the webhook's own configuration."),
  }),
  controlPlane: fields("Whom the agent asks; what the control plane knows of itself when nothing is said.", {
    url: text("Where the control plane serves proxies: `https://…:5678`."),
    caCertificate: text("PEM with which it is verified."),
    tokenAudience: text("Audience of the pods' tokens."),
  }),
});
