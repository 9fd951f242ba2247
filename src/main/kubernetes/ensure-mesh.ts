import { defaultMesh } from "../../core/kubernetes/membership.ts";
import { kindNamed } from "../../core/policy/registry.ts";
import { customKind, ownGroup, ownVersion } from "../../edge/kube-client/kinds.ts";
import { hasStatus, isTransient } from "../../edge/kube-client/kube-error.ts";
import type { KubeClient } from "../../edge/kube-client/port.ts";
import { StoreUnavailable } from "../../edge/source/store-error.ts";
import type { Logger } from "../../edge/telemetry/logger.ts";

/**
 * Makes the Mesh `default` in a cluster that has no Mesh yet, as Kuma does: pods and policies that name no mesh mean it. Where that may not be
 * done, or the kind is not there, it says so and leaves it.
 *
 * @throws StoreUnavailable when the API server does not answer.
 */
export async function ensureClusterMesh(client: Pick<KubeClient, "list" | "create">, logger: Logger): Promise<void> {
  const kind = kindNamed("Mesh");
  if (kind === undefined) return;
  const meshes = customKind(kind);
  try {
    const { items } = await client.list(meshes, { limit: 1 });
    if (items.length > 0) return;
    await client.create(meshes, {}, { apiVersion: `${ownGroup}/${ownVersion}`, kind: "Mesh", metadata: { name: defaultMesh } });
    logger.info({ mesh: defaultMesh }, "made a mesh, as there was none");
  } catch (error) {
    // Another replica was faster.
    if (hasStatus(error, 409)) return;
    if (isTransient(error)) throw new StoreUnavailable("unreachable", `Kubernetes: ${error.message}`, { cause: error });
    logger.warn({ err: error, mesh: defaultMesh }, "there may be no mesh, and none can be made");
  }
}
