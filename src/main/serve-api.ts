import type { JsonObject } from "../core/base/json.ts";
import { isSensitiveKind } from "../core/model/secret-kind.ts";
import { endOf } from "../edge/access/certificate-names.ts";
import { createApiServer } from "../edge/api/api-server.ts";
import type { ApiContext, ResourceReader } from "../edge/api/context.ts";
import { worldReader } from "../edge/api/world-reader.ts";
import type { ListenAddress } from "../edge/config/listen-address.ts";
import { readDocuments } from "../edge/source/read-documents.ts";
import type { Certificates } from "./certificates.ts";
import { countedWriter } from "./counted-writer.ts";
import { createIdentity } from "./identity.ts";
import type { Parts } from "./parts.ts";
import { planSettingsOf } from "./plan-settings.ts";
import { createAskEnvoy } from "./proxy-admin.ts";
import { serveHttp } from "./serve-http.ts";
import { serveHttps } from "./serve-https.ts";

/** Serves the HTTP API twice: without TLS for this machine, with TLS for others. */
export async function serveApi(parts: Parts, configuration: JsonObject, { api }: Certificates): Promise<readonly [plain: ListenAddress, tls: ListenAddress]> {
  const { config, access, closers, metrics } = parts;
  const { maxConnections, maxRequestsPerSecond, requestTimeout: requestTimeoutMs, tlsListen } = config.api;
  const app = createApiServer({
    context: await apiContext(parts, configuration),
    listenHost: config.apiListen.host,
    names: () => [tlsListen.host, ...config.tls.names, ...api.current.names],
    bodyLimitBytes: config.maxBodySize,
    maxConnections,
    maxRequestsPerSecond,
    requestTimeoutMs,
    counts: metrics.api,
    authenticate: access.authenticateUser,
  });
  metrics.access.shows("api", () => endOf(api.current.cert));
  const plain = await serveHttp(app, "--api-listen", config.apiListen, config.drainGrace, closers);
  return [plain, await serveHttps(app, { certificate: api, option: "--api-tls-listen", address: tlsListen, maxConnections }, closers)];
}

async function apiContext({ config, pipeline, loggers, metrics, environment, opened, access, identities }: Parts, configuration: JsonObject): Promise<ApiContext> {
  const { answerAsKuma } = config.api;
  const kept = { ...(opened.identityDir === undefined ? {} : { dataDir: opened.identityDir }), clusterId: opened.clusterId?.() };
  const { readOnlyBecause } = environment;
  const secretWriter = countedWriter(opened.secrets, metrics);
  const writer = opened.store === undefined ? undefined : countedWriter(opened.store, metrics);
  return {
    resources: writer ?? besideSecrets(worldReader(pipeline), opened.secrets),
    ...(writer === undefined ? { secretWriter } : { writer }),
    ...(readOnlyBecause === undefined ? {} : { readOnlyBecause }),
    view: pipeline,
    askEnvoy: createAskEnvoy(pipeline, access.proxyAdmin, loggers("api")),
    tokens: access.issuer,
    authorities: identities,
    ...planSettingsOf(config),
    identity: { ...(await createIdentity(kept)), ...(answerAsKuma === undefined ? {} : { answerAsKuma }) },
    readDocuments,
    configuration,
    logger: loggers("api"),
  };
}

/** Where resources come from elsewhere, secrets do not. */
function besideSecrets(resources: ResourceReader, secrets: ResourceReader): ResourceReader {
  return {
    get: (key) => (isSensitiveKind(key.kind) ? secrets : resources).get(key),
    list: (kind, mesh) => (isSensitiveKind(kind) ? secrets : resources).list(kind, mesh),
  };
}
