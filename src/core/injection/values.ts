import type { JsonObject } from "../base/json.ts";
import type { ImagePullPolicy } from "./settings.ts";

/** What `valuesSchema` accepts. */
export interface Values {
  readonly global?: {
    readonly hub?: string;
    readonly tag?: string | number;
    readonly imagePullPolicy?: "" | ImagePullPolicy;
    readonly imagePullSecrets?: readonly string[];
    readonly proxy?: ProxyValues;
    readonly proxy_init?: { readonly image?: string; readonly containerName?: string; readonly resources?: JsonObject };
  };
  readonly meshConfig?: { readonly enablePrometheusMerge?: boolean; readonly defaultConfig?: ProxyConfigValues };
  readonly sidecarInjectorWebhook?: {
    readonly rewriteAppHTTPProbe?: boolean;
    readonly enableNamespacesByDefault?: boolean;
    readonly injectedAnnotations?: Readonly<Record<string, string>>;
  };
  readonly controlPlane?: { readonly url?: string; readonly caCertificate?: string; readonly tokenAudience?: string };
}

export interface ProxyValues {
  readonly image?: string;
  readonly containerName?: string;
  readonly resources?: JsonObject;
  readonly logLevel?: string;
  readonly componentLogLevel?: string;
  readonly concurrency?: number;
  readonly nativeSidecar?: boolean;
  readonly holdApplicationUntilProxyStarts?: boolean;
  readonly drainTime?: string;
  readonly minimumDrainTime?: string;
  readonly statusPort?: number;
  readonly readinessInitialDelaySeconds?: number;
  readonly readinessPeriodSeconds?: number;
  readonly readinessFailureThreshold?: number;
  readonly startupProbe?: { readonly enabled?: boolean; readonly failureThreshold?: number };
  readonly includeInboundPorts?: string;
  readonly excludeInboundPorts?: string;
  readonly includeIPRanges?: string;
  readonly excludeIPRanges?: string;
  readonly includeOutboundPorts?: string;
  readonly excludeOutboundPorts?: string;
}

/** What `proxyConfigSchema` accepts. */
export interface ProxyConfigValues {
  readonly concurrency?: number;
  readonly holdApplicationUntilProxyStarts?: boolean;
  readonly terminationDrainDuration?: string;
  readonly drainDuration?: string;
  readonly statusPort?: number;
  readonly proxyMetadata?: Readonly<Record<string, string>>;
}
