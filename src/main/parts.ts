import type { Config } from "../edge/config/config.ts";
import type { Identities } from "../edge/identity/identities.ts";
import type { Pipeline } from "../edge/pipeline/pipeline.ts";
import type { ComponentLoggers } from "../edge/telemetry/logger.ts";
import type { Metrics } from "../edge/telemetry/metrics.ts";
import type { Access } from "./access.ts";
import type { Closers } from "./closers.ts";
import type { Environment } from "./environment.ts";
import type { OpenedSource } from "./open-source.ts";

/** What the servers are made of. */
export interface Parts {
  readonly config: Config;
  readonly loggers: ComponentLoggers;
  readonly metrics: Metrics;
  readonly environment: Environment;
  readonly opened: OpenedSource;
  readonly pipeline: Pipeline;
  readonly access: Access;
  readonly identities: Identities;
  readonly closers: Closers;
  /** Why it is not ready; undefined: it is. */
  notReady: string | undefined;
}
