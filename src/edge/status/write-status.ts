import type { JsonValue } from "../../core/base/json.ts";
import type { ResourceStatus } from "../../core/status/status.ts";
import type { KubeClient } from "../kube-client/port.ts";
import type { Observed, StatusObject } from "./objects.ts";

/**
 * Writes the status of an object, and gives the object as it is now.
 *
 * @throws KubeError 409 when the object is not the version any more that the status was made from.
 */
export async function writeStatus(client: KubeClient, { kind, meta, status: stored }: Observed, wanted: ResourceStatus): Promise<StatusObject> {
  const { name, namespace, uid, resourceVersion } = meta;
  const at = { name, ...(namespace === undefined ? {} : { namespace }) };
  const patch = { metadata: { uid, resourceVersion }, status: { ...gone(stored, wanted), ...wanted } };
  return await client.patch<StatusObject>(kind, at, patch, { subresource: "status", type: "merge" });
}

/** A merge patch leaves alone what it does not name: what is to go is named. */
function gone(stored: object | undefined, wanted: object): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(Object.keys(stored ?? {}).filter((name) => !Object.hasOwn(wanted, name)).map((name) => [name, null]));
}
