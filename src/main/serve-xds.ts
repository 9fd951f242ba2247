import { findResource } from "../core/model/apply-changes.ts";
import type { Dataplane } from "../core/model/dataplane.ts";
import { endOf } from "../edge/access/certificate-names.ts";
import type { ListenAddress } from "../edge/config/listen-address.ts";
import type { ProxyKey } from "../edge/pipeline/port.ts";
import { createAdsServer, type AdsServer } from "../edge/serve/ads-server.ts";
import { createStreamAuthentication } from "../edge/serve/authenticate-stream.ts";
import { createDataplaneServer } from "../edge/serve/dataplane-server.ts";
import type { Certificates } from "./certificates.ts";
import { logGrpc } from "./grpc-log.ts";
import { listenOrFail } from "./listen.ts";
import type { Parts } from "./parts.ts";
import { createProxyServices, type ProxyServices, type ProxyServicesOptions } from "./proxy-services.ts";

/** How often it is looked whether a token that a proxy is served by has expired meanwhile. */
const recheckMs = 5_000;

/** What proxies need beside configuration, with the tokens and the certificate that are asked for. */
export function proxyServices({ config, pipeline, loggers, opened, access, closers }: Parts, { xds }: Certificates): ProxyServices {
  const store = opened.store === undefined ? {} : { store: opened.store };
  const { removeAfter: removeAfterMs } = config.directDataplanes;
  // A pod's token lasts an hour, and is replaced in its file before it ends.
  const reloadableTokens = config.bootstrap.reloadableTokens || config.environment === "kubernetes";
  const refusalOf: ProxyServicesOptions["refusalOf"] = async (authorization, proxy) => {
    const credential = await access.authenticateProxy(authorization);
    return typeof credential === "string" ? credential : credential.refusal(proxy);
  };
  const tokens = config.insecure.noDataplaneTokens ? {} : { refusalOf };
  const tls = config.insecure.xdsPlaintext ? {} : { tls: () => xds.current };
  return createProxyServices({ ...store, ...tokens, ...tls, view: pipeline, adminAuthority: access.proxyAdmin, removeAfterMs, reloadableTokens, port: () => config.xdsListen.port, loggers }, closers);
}

/** Serves proxies: with TLS and by token, unless the configuration says otherwise. */
export async function serveXds(parts: Parts, services: ProxyServices, { xds }: Certificates): Promise<ListenAddress> {
  const { config, loggers, closers, metrics } = parts;
  const address = config.xdsListen;
  logGrpc(loggers("xds"));
  const ads = adsServer(parts, services);
  const tls = config.insecure.xdsPlaintext ? {} : { tls: xds };
  if (!config.insecure.xdsPlaintext) metrics.access.shows("xds", () => endOf(xds.current.cert));
  const maxConnections = config.maxConnections + sparedConnections;
  const server = createDataplaneServer({ ads, http: services.http, ...tls, logger: loggers("xds"), maxConnections, handshakeMs: config.xds.firstRequestTimeout });
  const { port } = await listenOrFail("--xds-listen", address, () => server.listen(address));
  closers.add(() => server.close(config.drainGrace));
  recheckTokens(parts, ads);
  return { host: address.host, port };
}

/** Beside the streams that are allowed: for bootstraps, and for who is told that there are too many. */
const sparedConnections = 1_000;

function adsServer({ config, pipeline, loggers, metrics, access }: Parts, { admit }: ProxyServices): AdsServer {
  const dataplaneOf = (proxy: ProxyKey) => findResource(pipeline.world(), { kind: "Dataplane", ...proxy }) as Dataplane | undefined;
  const authenticate = createStreamAuthentication({ authenticateProxy: access.authenticateProxy, dataplaneOf });
  return createAdsServer({
    snapshots: pipeline,
    logger: loggers("xds"),
    metrics: metrics.ads,
    maxStreams: config.maxConnections,
    maxRequestsPerSecond: config.xds.maxRequestsPerSecond,
    maxRequestBytes: config.xds.maxRequestSize,
    firstRequestMs: config.xds.firstRequestTimeout,
    idleMs: config.xds.idleTimeout,
    sendTimeoutMs: config.xds.sendTimeout,
    ...(config.insecure.noDataplaneTokens ? {} : { authenticate }),
    ...(admit === undefined ? {} : { admit }),
  });
}

/** Revocations and replaced keys count at once, expiry within seconds, also for proxies that ask for nothing. */
function recheckTokens({ access, closers }: Parts, ads: AdsServer): void {
  const timer = setInterval(() => ads.recheck(), recheckMs);
  timer.unref();
  let asked = false;
  access.secrets.onChange(() => {
    if (asked) return;
    asked = true;
    setImmediate(() => {
      asked = false;
      ads.recheck();
    });
  });
  closers.add(() => clearInterval(timer));
}
