import { createPodAuthentication } from "../../edge/access/kubernetes/authenticate-pod.ts";
import { rememberReviews, type RememberReviewsOptions } from "../../edge/access/kubernetes/remember-reviews.ts";
import { createTokenReviewer } from "../../edge/access/kubernetes/review-token.ts";
import type { AuthenticateProxy } from "../../edge/access/authenticate-proxy.ts";
import type { Config } from "../../edge/config/config.ts";
import { createKubernetesSource } from "../../edge/source/kubernetes/kubernetes-source.ts";
import { createSecretStore } from "../../edge/source/kubernetes-secrets/secret-store.ts";
import type { ComponentLoggers } from "../../edge/telemetry/logger.ts";
import type { Environment } from "../environment.ts";
import { openClusterCertificates, type ClusterCertificates } from "./certificates.ts";
import { ensureClusterMesh } from "./ensure-mesh.ts";
import { openCluster, readClusterId, type Cluster } from "./cluster.ts";
import { openInjector } from "./open-injector.ts";
import { serveWebhook } from "./serve-webhook.ts";
import { startStatus } from "./start-status.ts";

/** What the API answers to who wants to change something there, to the point of Kuma's own answer. */
const readOnlyBecause =
  "on Kubernetes resources are not changed with kumactl, probeplane or the HTTP API, which only read them: use kubectl apply, kubectl edit and kubectl delete";

/**
 * A Kubernetes cluster: pods and services become the mesh, the API server keeps the rest, and proves who proxies are.
 *
 * @throws CommandFailure when there is no API server to be found; one that does not answer is waited for later.
 */
export async function openKubernetesEnvironment(config: Config, loggers: ComponentLoggers): Promise<Environment> {
  const cluster = await openCluster(config);
  const { client, namespace, systemNamespaces } = cluster;
  const source = createKubernetesSource({ client, compatibility: config.compatibility, systemNamespaces });
  let clusterId: string | undefined;
  let certificates: ClusterCertificates | undefined;
  let certificateProblem: string | undefined;
  let tokenProblem: string | undefined;
  let injectorProblem: string | undefined;
  return {
    opened: { source, secrets: createSecretStore({ client, namespace }), clusterId: () => clusterId, notLoaded: "the objects of the cluster are not read yet" },
    readOnlyBecause,
    authenticateProxy: (byToken) => podAuthentication(config, cluster, byToken, { logger: loggers("access"), onProblem: (problem) => (tokenProblem = problem) }),
    certificates: async (closers, onWaiting) => {
      certificates = await openClusterCertificates(config, cluster, loggers("certificates"), closers, (problem) => {
        certificateProblem = problem;
        // What is there goes on being good while it cannot be looked after.
        if (problem !== undefined && certificates === undefined) onWaiting(problem);
      });
      return certificates;
    },
    prepare: async () => {
      clusterId = await readClusterId(client);
      await ensureClusterMesh(client, loggers("run"));
    },
    serve: async (parts) => {
      if (certificates === undefined || !(config.webhook.enabled || config.injector.enabled)) return [];
      const { xds, webhook } = certificates;
      const injector = config.injector.enabled ? openInjector(parts, { cluster, source, authority: () => xds.current.caPem, onProblem: (problem) => (injectorProblem = problem) }) : undefined;
      return await serveWebhook(parts, cluster, webhook, injector);
    },
    start: (parts) => startStatus(parts, cluster),
    close: () => client.close(),
    warnings: () => [certificateProblem, tokenProblem, injectorProblem].filter((problem) => problem !== undefined),
  };
}

function podAuthentication({ kubernetes }: Config, { client }: Cluster, others: AuthenticateProxy, telling: RememberReviewsOptions): AuthenticateProxy {
  const audience = kubernetes.tokenAudience;
  const review = rememberReviews(createTokenReviewer({ client, audience }), telling);
  return createPodAuthentication({ review, audience, others });
}
