import { externalName, type Destination } from "./destination.ts";
import { passOver, type Fields } from "./fields.ts";
import type { IstioObject } from "./istio-object.ts";
import type { MeshMode } from "./mesh-mode.ts";
import type { Findings } from "./remarks.ts";

/** The `tls` of a DestinationRule: how callers speak to the destination. */
export function readTlsMode(policy: Fields, destination: Destination, { text, findings }: IstioObject, mesh: MeshMode): void {
  const tls = policy.fields("tls");
  const mode = tls?.text("mode") ?? "DISABLE";
  if (tls === undefined) return;
  // What a mesh with mutual TLS does by itself.
  if (mode === "ISTIO_MUTUAL") mesh.want(text);
  else if (mode === "DISABLE") {
    findings.remark("left", tls.at("mode"), "callers speak TLS to whoever is ready for it; they call in plain text what has no sidecar, or keeps a port from it");
  } else if (mode === "SIMPLE" || mode === "MUTUAL") readOwnTls(tls, destination, findings);
  else findings.problem(tls.at("mode"), `must be one of DISABLE, SIMPLE, MUTUAL, ISTIO_MUTUAL: ${JSON.stringify(mode.slice(0, 80))}`);
}

/** TLS that is not the mesh's. What it says of files and secrets is told once, for all. */
function readOwnTls(tls: Fields, destination: Destination, findings: Findings): void {
  passOver(tls);
  if (destination.kind === "external") {
    findings.remark("todo", tls.path, `say \`tls\` in the MeshExternalService \`${externalName(destination.host)}\` (docs/external-services.md)`);
  } else findings.remark("left", tls.path, "between proxies there is mutual TLS of the mesh only; an app's own TLS passes through as it is (protocol tcp)");
}
