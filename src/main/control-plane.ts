import type { JsonObject } from "../core/base/json.ts";
import { findResource } from "../core/model/apply-changes.ts";
import { createDiagnosticsServer } from "../edge/api/diagnostics-server.ts";
import type { Config } from "../edge/config/config.ts";
import { formatListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { createPipeline, type Pipeline } from "../edge/pipeline/pipeline.ts";
import type { ComponentLoggers } from "../edge/telemetry/logger.ts";
import { createMetrics } from "../edge/telemetry/metrics.ts";
import { createAccess, type Access } from "./access.ts";
import { createClosers, type Closers } from "./closers.ts";
import { countedAccess } from "./counted-access.ts";
import { universalEnvironment, type Environment } from "./environment.ts";
import { followWarnings, loadWorld } from "./load-world.ts";
import { shareReadiness } from "../edge/identity/shared-readiness.ts";
import { openIdentities } from "./mesh-identities.ts";
import type { OpenedSource } from "./open-source.ts";
import type { Parts } from "./parts.ts";
import { planSettingsOf } from "./plan-settings.ts";
import { prepareStore } from "./prepare-store.ts";
import { worldReading } from "./read-gauges.ts";
import { reportSource } from "./report-source.ts";
import { serveApi } from "./serve-api.ts";
import { serveHttp } from "./serve-http.ts";
import { proxyServices, serveXds } from "./serve-xds.ts";
import { version } from "./version.ts";
import { warnInsecure } from "./warn-insecure.ts";

/** A control plane: sources, pipeline and servers put together. */
export interface ControlPlane {
  /** Resolves when everything listens and the first World is loaded, with a line for each listener. */
  start(): Promise<readonly string[]>;
  /** Ends streams and requests within the configured grace, and closes the store. Also after a start that failed or did not end. */
  close(): Promise<void>;
}

/**
 * The composition root. Opens the store, and throws what the user has to know when that cannot be done.
 *
 * @param environment what it lives in; default: a store of its own, or files.
 */
export function createControlPlane(config: Config, shownConfig: JsonObject, loggers: ComponentLoggers, environment: Environment = universalEnvironment(config, loggers)): ControlPlane {
  const parts = assemble(config, loggers, environment);
  return {
    start: () => serveAll(parts, shownConfig),
    close: async () => {
      parts.notReady = "shutting down";
      await parts.closers.closeAll();
    },
  };
}

function assemble(config: Config, loggers: ComponentLoggers, environment: Environment): Parts {
  const closers = createClosers();
  const metrics = createMetrics({ version });
  const { opened } = environment;
  closers.add(() => environment.close?.());
  closers.add(() => opened.source.close());
  if (opened.store === undefined) closers.add(() => opened.secrets.close());
  const reporting = reportSource(opened.source, loggers("source"), metrics.source);
  closers.add(() => {
    reporting.unsubscribe();
    return Promise.resolve();
  });
  const access = countedAccess(accessOf(config, environment, () => pipeline, closers), metrics.access);
  const identities = openIdentities({ config, opened, access, metrics, loggers, pipeline: () => pipeline }, closers);
  const pipeline: Pipeline = createPipeline({
    source: opened.source,
    planner: planSettingsOf(config),
    quietMs: config.quietTime,
    maxDelayMs: config.maxDelay,
    logger: loggers("pipeline"),
    metrics: metrics.pipeline,
    identities,
    sharedReadiness: shareReadiness(opened.secrets, access.secrets, loggers("identity")),
  });
  closers.add(() => pipeline.close());
  pipeline.onActivity(() => identities.worldChanged());
  const parts: Parts = { config, loggers, metrics, environment, opened, pipeline, access, identities, closers, notReady: "starting" };
  metrics.world.read(worldReading(pipeline, () => parts.notReady === undefined));
  return parts;
}

function accessOf(config: Config, { opened, authenticateProxy }: Environment, pipeline: () => Pipeline, closers: Closers): Access {
  const access = createAccess(config, opened.secrets, (name) => hasMesh(opened, pipeline(), name), closers);
  return authenticateProxy === undefined ? access : { ...access, authenticateProxy: authenticateProxy(access.authenticateProxy) };
}

async function hasMesh({ store }: OpenedSource, pipeline: Pipeline, name: string): Promise<boolean> {
  const key = { kind: "Mesh", mesh: "", name };
  return (store === undefined ? findResource(pipeline.world(), key) : await store.get(key)) !== undefined;
}

/** Diagnostics first, so that somebody can ask why it is not ready yet. */
async function serveAll(parts: Parts, shownConfig: JsonObject): Promise<readonly string[]> {
  const { config, environment, opened, access, loggers, closers } = parts;
  const wait = (reason: string): void => void (parts.notReady = reason);
  warnInsecure(config, loggers("run"));
  const diagnostics = await serveDiagnostics(parts);
  const certificates = await environment.certificates(closers, wait);
  await prepareStore(opened.secrets, async () => {
    await environment.prepare();
    await access.prepare();
  }, wait);
  const proxies = proxyServices(parts, certificates);
  const xds = await serveXds(parts, proxies, certificates);
  const [api, apiTls] = await serveApi(parts, shownConfig, certificates);
  const own = (await environment.serve?.(parts)) ?? [];
  await loadWorld(parts);
  proxies.start();
  environment.start?.(parts);
  parts.notReady = undefined;
  return [`HTTP API     http://${formatListenAddress(api)}`, `HTTPS API    https://${formatListenAddress(apiTls)}`, `xDS          ${formatListenAddress(xds)}`, `diagnostics  http://${formatListenAddress(diagnostics)}`, ...own];
}

function serveDiagnostics(parts: Parts): Promise<ListenAddress> {
  const { config, metrics, loggers, closers, access } = parts;
  const address = config.diagnosticsListen;
  const authenticate = access.authenticateUser;
  const app = createDiagnosticsServer({ listenHost: address.host, logger: loggers("api"), authenticate, notReadyReason: () => parts.notReady, warnings: followWarnings(parts), metrics });
  return serveHttp(app, "--diagnostics-listen", address, config.drainGrace, closers);
}
