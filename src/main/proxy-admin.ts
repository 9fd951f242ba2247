import { adminDoor } from "../core/bootstrap/proxy-bootstrap.ts";
import { readNodeMetadata } from "../core/bootstrap/node-metadata.ts";
import { findResource } from "../core/model/apply-changes.ts";
import type { Dataplane } from "../core/model/dataplane.ts";
import { askProxy } from "../edge/access/ask-proxy.ts";
import { proxyCertificateName, type ProxyAdminAuthority } from "../edge/access/proxy-admin-authority.ts";
import type { AskEnvoy } from "../edge/api/context.ts";
import type { PipelineView } from "../edge/pipeline/port.ts";
import type { Logger } from "../edge/telemetry/logger.ts";

/** Asks the Envoys of proxies by the door that their bootstraps open to the control plane, wherever they are connected. */
export function createAskEnvoy(view: Pick<PipelineView, "world" | "connected">, authority: ProxyAdminAuthority, logger: Logger): AskEnvoy {
  return async (mesh, name, path) => {
    const dataplane = findResource(view.world(), { kind: "Dataplane", mesh, name }) as Dataplane | undefined;
    if (dataplane === undefined) return undefined;
    const connected = view.connected().find(({ proxy }) => proxy.mesh === mesh && proxy.name === name);
    const door = adminDoor(dataplane, connected === undefined ? undefined : readNodeMetadata(connected.metadata).admin);
    if (door === undefined) return undefined;
    try {
      return await askProxy({ ...door, name: proxyCertificateName({ mesh, name }), path, certificate: await authority.forControlPlane() });
    } catch (error) {
      logger.warn({ mesh, dataplane: name, ...door, err: error }, "cannot ask the admin interface of a proxy's Envoy");
      return undefined;
    }
  };
}
