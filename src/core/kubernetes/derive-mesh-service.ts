import { deepFreeze } from "../base/deep-freeze.ts";
import { labelNames } from "../model/label-names.ts";
import type { MeshService, MeshServicePort } from "../model/mesh-service.ts";
import { creationOf, derivedLabels, nameInMesh } from "./derived-labels.ts";
import { portProtocol } from "./port-protocol.ts";
import { isHeadless, tcpPorts, virtualAddresses } from "./service.ts";
import type { Service, ServicePort } from "./service.ts";

/** The MeshService that a Service is in a mesh. Its Dataplanes are found by the tags that `deriveInbounds` gives. */
export function deriveMeshService(service: Service, mesh: string): MeshService {
  const { name, namespace = "" } = service.metadata;
  const addresses = virtualAddresses(service);
  return deepFreeze({
    kind: "MeshService",
    mesh,
    name: nameInMesh(service),
    labels: derivedLabels(service, mesh, { [labelNames.kubeService]: name, [labelNames.headless]: String(isHeadless(service)) }),
    spec: {
      selector: { dataplaneTags: { [labelNames.namespace]: namespace, [labelNames.kubeService]: name } },
      ports: tcpPorts(service).map((port) => derivePort(service, port)),
      ...(addresses.length === 0 ? {} : { vips: addresses.map((ip) => ({ ip })) }),
    },
    ...creationOf(service),
  });
}

/** A port's own name, where it has one: a policy's `sectionName` means the number otherwise. */
function derivePort(service: Service, port: ServicePort): MeshServicePort {
  return {
    port: port.port,
    targetPort: port.targetPort ?? port.port,
    ...(port.name === undefined || port.name === "" ? {} : { name: port.name }),
    appProtocol: portProtocol(service, port),
  };
}

/** False for what is no destination: a DNS alias, a Service whose endpoints somebody else writes, one without TCP. */
export function canBeMeshService(service: Service): boolean {
  const { type, selector } = service.spec ?? {};
  return type !== "ExternalName" && Object.keys(selector ?? {}).length > 0 && tcpPorts(service).length > 0;
}
