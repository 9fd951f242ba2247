import type { JsonObject } from "../base/json.ts";
import type { Fields } from "./fields.ts";
import type { IstioObject } from "./istio-object.ts";
import type { MeshMode } from "./mesh-mode.ts";
import type { Output } from "./output.ts";
import { placeOfWorkloads, type Place } from "./reach.ts";
import type { Findings } from "./remarks.ts";

const modes = ["UNSET", "DISABLE", "PERMISSIVE", "STRICT"] as const;

type SaidMode = Exclude<(typeof modes)[number], "UNSET">;

/** A PeerAuthentication: that of the whole mesh becomes the mode of the Mesh, those of namespaces, workloads and ports become MeshTLS. */
export function convertPeerAuthentication(source: IstioObject, output: Output, mesh: MeshMode): void {
  const { name, namespace, spec, findings } = source;
  const labels = spec.fields("selector")?.labels("matchLabels");
  const selected = labels === undefined || Object.keys(labels).length === 0 ? undefined : labels;
  const mode = readMode(spec.fields("mtls"), findings);
  const place = placeOfWorkloads(namespace, selected, output.settings);
  const isOfMesh = selected === undefined && namespace === output.settings.rootNamespace;
  if (isOfMesh) ofMesh(mode, source, mesh);
  else if (mode !== undefined) {
    mesh.want(source.text);
    if (mode === "DISABLE") tellOfDisable(spec.at("mtls"), findings);
    output.policy("MeshTLS", name, place, rulesFor(mode));
  }
  convertPorts(source, selected === undefined ? undefined : place, output, mesh);
}

function ofMesh(mode: SaidMode | undefined, { text, spec, findings }: IstioObject, mesh: MeshMode): void {
  if (!mesh.set(mode ?? "PERMISSIVE", text)) {
    findings.remark("left", "", "another PeerAuthentication for the whole mesh comes before it; in Istio the oldest holds");
  } else if (mode === "DISABLE") {
    findings.remark("differs", spec.at("mtls"), "the mesh has no mutual TLS at all then: no proxy gets a certificate");
  }
}

/** Ports of workloads, each in a policy of its own. */
function convertPorts(source: IstioObject, place: Place | undefined, output: Output, mesh: MeshMode): void {
  const { name, spec, findings } = source;
  const ports = spec.fields("portLevelMtls");
  if (ports !== undefined && place === undefined) findings.remark("left", ports.path, "Istio takes it only with a `selector`, and so nothing comes of it");
  for (const port of ports?.names ?? []) {
    const mode = readMode(ports?.fields(port), findings);
    if (!isPort(port)) findings.problem(ports?.at(port) ?? "", "must be the number of a port");
    if (mode === undefined || place === undefined) continue;
    mesh.want(source.text);
    if (mode === "DISABLE") tellOfDisable(ports?.at(port) ?? "", findings);
    output.policy("MeshTLS", `${name}-${port}`, { ...place, targetRef: { ...place.targetRef, sectionName: port } }, rulesFor(mode));
  }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536;
}

function tellOfDisable(path: string, findings: Findings): void {
  findings.remark("differs", path, "nothing here refuses TLS: plain text is taken as well, and callers of the mesh speak TLS");
}

function rulesFor(mode: SaidMode): JsonObject {
  return { rules: [{ default: { mode: mode === "STRICT" ? "Strict" : "Permissive" } }] };
}

/** Undefined: it says nothing, and what is said of more holds. */
function readMode(mtls: Fields | undefined, findings: Findings): SaidMode | undefined {
  const mode = mtls?.text("mode") ?? "UNSET";
  if ((modes as readonly string[]).includes(mode)) return mode === "UNSET" ? undefined : (mode as SaidMode);
  findings.problem(mtls?.at("mode") ?? "", `must be one of ${modes.join(", ")}: ${JSON.stringify(mode.slice(0, 80))}`);
  return undefined;
}
