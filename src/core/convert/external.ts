import { externalName, type Destination } from "./destination.ts";
import type { Findings } from "./remarks.ts";

/** Says what a host takes that is no Service of the cluster. */
export function tellOfExternal(destination: Destination, path: string, findings: Findings): void {
  if (destination.kind !== "external") return;
  const { host } = destination;
  findings.remark("todo", path, `${host} is no Service of the cluster: write a MeshExternalService \`${externalName(host)}\` for it (docs/external-services.md)`);
}
