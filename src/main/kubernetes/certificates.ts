import type { FollowedCertificate } from "../../edge/access/certificate-files.ts";
import type { WebhookName } from "../../edge/access/kubernetes/publish-authority.ts";
import { serviceNames } from "../../edge/access/kubernetes/service-names.ts";
import { openSharedCertificates } from "../../edge/access/kubernetes/shared-certificates.ts";
import type { Config } from "../../edge/config/config.ts";
import type { Logger } from "../../edge/telemetry/logger.ts";
import { followGiven, type Certificates } from "../certificates.ts";
import type { Closers } from "../closers.ts";
import type { Cluster } from "./cluster.ts";

/** The certificates that the servers show, that of the webhook among them. */
export interface ClusterCertificates extends Certificates {
  readonly webhook: FollowedCertificate;
}

/** Reads the certificates that are given; one for those that are not is kept in the cluster, shared by the replicas. */
export async function openClusterCertificates(config: Config, cluster: Cluster, logger: Logger, closers: Closers, onProblem: (problem: string | undefined) => void): Promise<ClusterCertificates> {
  const { api, xds, webhook, injector } = config;
  const [givenXds, givenApi, givenWebhook] = [
    followGiven("--xds-tls-cert", xds, logger, closers), followGiven("--api-tls-cert", api, logger, closers), followGiven("--webhook-tls-cert", webhook, logger, closers),
  ];
  const needsOwn = givenXds === undefined || ((webhook.enabled || injector.enabled) && givenWebhook === undefined);
  const own = needsOwn ? await openOwn(config, cluster, logger, closers, onProblem) : undefined;
  const served = givenXds ?? own ?? givenWebhook;
  if (served === undefined) throw new TypeError("there is neither a given certificate nor one of our own");
  return { xds: served, api: givenApi ?? served, webhook: givenWebhook ?? own ?? served };
}

async function openOwn(config: Config, { client, namespace }: Cluster, logger: Logger, closers: Closers, onProblem: (problem: string | undefined) => void): Promise<FollowedCertificate> {
  const { kubernetes, tls } = config;
  const waiting = new AbortController();
  closers.add(() => waiting.abort());
  const opened = await openSharedCertificates({
    client,
    namespace,
    secret: kubernetes.certificateSecret,
    configMap: kubernetes.caConfigMap,
    webhooks: registeredWebhooks(config),
    // Of this machine only what every replica has: the certificate is theirs together.
    names: [...new Set([...serviceNames(kubernetes.serviceName, namespace), "localhost", "127.0.0.1", "::1", ...tls.names])],
    logger,
    onProblem,
    signal: waiting.signal,
  });
  closers.add(() => opened.close());
  return opened;
}

/** Configurations in which the API server has to be told whom to trust. */
function registeredWebhooks({ webhook, injector }: Config): readonly WebhookName[] {
  if (webhook.tlsCert !== undefined) return [];
  return [
    ...(webhook.enabled ? [{ kind: "validatingWebhookConfiguration", name: webhook.configuration } as const] : []),
    ...(injector.enabled ? [{ kind: "mutatingWebhookConfiguration", name: injector.configuration } as const] : []),
  ];
}
