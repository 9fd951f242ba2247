import type { JsonObject } from "../core/base/json.ts";
import { createUserAuthentication } from "../edge/access/authenticate-user.ts";
import { createApiServer } from "../edge/api/api-server.ts";
import { createDiagnosticsServer } from "../edge/api/diagnostics-server.ts";
import { worldReader } from "../edge/api/world-reader.ts";
import type { Config } from "../edge/config/config.ts";
import { formatListenAddress, type ListenAddress } from "../edge/config/listen-address.ts";
import { createPipeline, type Pipeline } from "../edge/pipeline/pipeline.ts";
import { createAdsServer } from "../edge/serve/ads-server.ts";
import { createDataplaneServer } from "../edge/serve/dataplane-server.ts";
import { readDocuments } from "../edge/source/read-documents.ts";
import type { ComponentLoggers } from "../edge/telemetry/logger.ts";
import { createMetrics, type Metrics } from "../edge/telemetry/metrics.ts";
import { createClosers, type Closers } from "./closers.ts";
import { countedWriter } from "./counted-writer.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";
import { logGrpc } from "./grpc-log.ts";
import { createIdentity } from "./identity.ts";
import { listenOrFail } from "./listen.ts";
import { openSource, type OpenedSource } from "./open-source.ts";
import { prepareStore } from "./prepare-store.ts";
import { createProxyServices, type ProxyServices } from "./proxy-services.ts";
import { reportSource } from "./report-source.ts";
import { serveHttp } from "./serve-http.ts";
import { version } from "./version.ts";

/** A control plane: sources, pipeline and servers put together. */
export interface ControlPlane {
  /** Resolves when everything listens and the first World is loaded, with a line for each listener. */
  start(): Promise<readonly string[]>;
  /** Ends streams and requests within the configured grace, and closes the store. Also after a start that failed or did not end. */
  close(): Promise<void>;
}

interface Parts {
  readonly config: Config;
  readonly loggers: ComponentLoggers;
  readonly metrics: Metrics;
  readonly opened: OpenedSource;
  readonly pipeline: Pipeline;
  readonly closers: Closers;
  /** Why it is not ready; undefined: it is. */
  notReady: string | undefined;
}

/** The composition root. Opens the store, and throws what the user has to know when that cannot be done. */
export function createControlPlane(config: Config, shownConfig: JsonObject, loggers: ComponentLoggers): ControlPlane {
  const parts = assemble(config, loggers);
  return {
    start: () => serveAll(parts, shownConfig),
    close: async () => {
      parts.notReady = "shutting down";
      await parts.closers.closeAll();
    },
  };
}

function assemble(config: Config, loggers: ComponentLoggers): Parts {
  const closers = createClosers();
  const metrics = createMetrics({ version });
  const opened = openSource(config);
  closers.add(() => opened.source.close());
  const reporting = reportSource(opened.source, loggers("source"), metrics.source);
  closers.add(() => {
    reporting.unsubscribe();
    return Promise.resolve();
  });
  const pipeline = createPipeline({
    source: opened.source,
    planner: { compatibility: config.compatibility },
    quietMs: config.quietTime,
    maxDelayMs: config.maxDelay,
    logger: loggers("pipeline"),
    metrics: metrics.pipeline,
  });
  closers.add(() => pipeline.close());
  return { config, loggers, metrics, opened, pipeline, closers, notReady: "starting" };
}

/** No tokens are made yet: this machine may do everything, and nobody else anything. */
const authenticate = createUserAuthentication({ loopbackIsAdmin: true, verify: () => Promise.resolve("not valid" as const) });

/** Diagnostics first, so that somebody can ask why it is not ready yet. */
async function serveAll(parts: Parts, shownConfig: JsonObject): Promise<readonly string[]> {
  const { config, opened, pipeline } = parts;
  const diagnostics = await serveDiagnostics(parts);
  if (opened.store !== undefined) await prepareStore(opened.store, (reason) => (parts.notReady = reason));
  const proxies = proxyServices(parts);
  const xds = await serveXds(parts, proxies);
  const api = await serveApi(parts, shownConfig);
  parts.notReady = config.store === "file" ? `the folder ${config.resourcesDir ?? ""} is not read yet` : "the store is not loaded yet";
  await pipeline.start().catch((error: unknown) => {
    throw new CommandFailure(exitStatus.unavailable, `cannot load resources: ${messageOf(error)}`);
  });
  proxies.start();
  parts.notReady = undefined;
  return [`HTTP API     http://${formatListenAddress(api)}`, `xDS          ${formatListenAddress(xds)}`, `diagnostics  http://${formatListenAddress(diagnostics)}`];
}

function serveDiagnostics(parts: Parts): Promise<ListenAddress> {
  const { config, metrics, loggers, closers } = parts;
  const address = config.diagnosticsListen;
  const app = createDiagnosticsServer({ listenHost: address.host, logger: loggers("api"), authenticate, notReadyReason: () => parts.notReady, metrics });
  return serveHttp(app, "--diagnostics-listen", address, config.drainGrace, closers);
}

function proxyServices({ config, pipeline, loggers, opened, closers }: Parts): ProxyServices {
  const store = opened.store === undefined ? {} : { store: opened.store };
  const { removeAfter: removeAfterMs } = config.directDataplanes;
  const { reloadableTokens } = config.bootstrap;
  return createProxyServices({ ...store, view: pipeline, removeAfterMs, reloadableTokens, port: () => config.xdsListen.port, loggers }, closers);
}

async function serveXds({ config, pipeline, loggers, metrics, closers }: Parts, { http, admit }: ProxyServices): Promise<ListenAddress> {
  const address = config.xdsListen;
  logGrpc(loggers("xds"));
  const ads = createAdsServer({ snapshots: pipeline, logger: loggers("xds"), metrics: metrics.ads, maxStreams: config.maxConnections, ...(admit === undefined ? {} : { admit }) });
  const server = createDataplaneServer({ ads, http, logger: loggers("xds") });
  const { port } = await listenOrFail("--xds-listen", address, () => server.listen(address));
  closers.add(() => server.close(config.drainGrace));
  return { host: address.host, port };
}

async function serveApi({ config, pipeline, loggers, metrics, opened, closers }: Parts, configuration: JsonObject): Promise<ListenAddress> {
  const address = config.apiListen;
  const { answerAsKuma, maxConnections } = config.api;
  const kept = config.store === "sqlite" ? { dataDir: config.dataDir } : { clusterId: opened.clusterId?.() };
  const writer = opened.store === undefined ? {} : { writer: countedWriter(opened.store, metrics.source) };
  const context = {
    resources: opened.store ?? worldReader(pipeline),
    ...writer,
    view: pipeline,
    compatibility: config.compatibility,
    identity: { ...(await createIdentity(kept)), ...(answerAsKuma === undefined ? {} : { answerAsKuma }) },
    readDocuments,
    configuration,
    logger: loggers("api"),
  };
  const app = createApiServer({ context, listenHost: address.host, bodyLimitBytes: config.maxBodySize, maxConnections, authenticate });
  return await serveHttp(app, "--api-listen", address, config.drainGrace, closers);
}
