import type { Notice } from "../base/notice.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import { enabledMtls } from "../model/mesh-mtls.ts";
import type { MeshWorld } from "../model/world.ts";
import { isStrict } from "./explain-security.ts";
import { identityServices } from "./identity.ts";
import { servedInbounds } from "./inbound-entries.ts";

/** A proxy that nothing names has no certificate in a mesh where everyone else has one. */
export function explainIdentity(mesh: MeshWorld, dataplane: Dataplane): readonly Notice[] {
  const own = mesh.mesh;
  if (own === undefined || enabledMtls(own) === undefined || identityServices(dataplane).length > 0) return [];
  const { kind, mesh: meshName, name } = dataplane;
  const why = `it has neither a tag ${labelNames.service} nor a label ${labelNames.workload} to be named by, and so no certificate`;
  const modes = new Set(servedInbounds(dataplane).map((inbound) => isStrict(mesh, own, dataplane, inbound)));
  const effects = [
    "it calls in plain text, which is refused where mutual TLS is asked for",
    ...(modes.has(true) ? ["inbounds that are strict let nobody in"] : []),
    ...(modes.has(false) ? ["inbounds that are permissive take plain text alone"] : []),
  ];
  return [{ code: "no-identity", about: { kind, mesh: meshName, name }, path: "networking", message: `${why}: ${effects.join("; ")}` }];
}
