import type { Config } from "../edge/config/config.ts";
import { createIdentities, type Identities } from "../edge/identity/identities.ts";
import type { Pipeline } from "../edge/pipeline/pipeline.ts";
import type { ComponentLoggers } from "../edge/telemetry/logger.ts";
import type { Metrics } from "../edge/telemetry/metrics.ts";
import type { Access } from "./access.ts";
import type { Closers } from "./closers.ts";
import type { OpenedSource } from "./open-source.ts";

export interface MeshIdentitiesOptions {
  readonly config: Config;
  readonly opened: OpenedSource;
  readonly access: Access;
  readonly metrics: Metrics;
  readonly loggers: ComponentLoggers;
  /** Once there is one. */
  readonly pipeline: () => Pipeline;
}

/** Certificates for proxies, issued from what the store keeps. */
export function openIdentities({ config, opened, access, metrics, loggers, pipeline }: MeshIdentitiesOptions, closers: Closers): Identities {
  const identities = createIdentities({
    store: opened.secrets,
    secrets: access.secrets,
    meshNamed: (name) => pipeline().world().meshes.get(name)?.mesh,
    announceMs: config.mtls.announceTime,
    log: loggers("identity"),
    metrics: metrics.identity,
  });
  metrics.identity.authorities(() => identities.ends());
  closers.add(() => identities.close());
  return identities;
}
