import { runningContainers } from "./pod.ts";
import type { ContainerStatus, Pod } from "./pod.ts";

/**
 * True when a pod takes traffic: each container that runs as long as it does, app and sidecar alike, is ready, and it is not being
 * deleted. The condition Ready, where somebody has set it, has to agree: it knows of readiness gates and of nodes that are gone.
 */
export function isReady(pod: Pod): boolean {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp !== undefined || status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "False") === true) return false;
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const containers = runningContainers(pod);
  return containers.length > 0 && containers.every(({ name }) => isContainerReady(statuses, name));
}

function isContainerReady(statuses: readonly ContainerStatus[], wanted: string): boolean {
  return statuses.some(({ name, ready }) => name === wanted && ready === true);
}
