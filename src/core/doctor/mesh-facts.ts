import { asObject } from "../base/json.ts";
import type { MeshFacts, ServiceFact } from "./evidence.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What is given of a resource: its kind, and the document with what its author wrote. */
export interface GivenResource {
  readonly kind: string;
  readonly mesh: string;
  readonly name: string;
  readonly document: Fields;
}

/** What resources tell: which service is at which address, and whether the mesh has mutual TLS. */
export function meshFacts(resources: readonly GivenResource[], given: { readonly mesh?: string; readonly service?: string }): MeshFacts {
  const meshes = resources.filter(({ kind }) => kind === "Mesh");
  const name = given.mesh ?? (meshes.length === 1 ? meshes[0]?.name : undefined) ?? resources.find(({ mesh }) => mesh !== "")?.mesh ?? "default";
  const own = meshes.find((mesh) => mesh.name === name);
  const services = new Map<string, ServiceFact>();
  for (const { kind, mesh, name: dataplane, document } of resources) {
    if (kind === "Dataplane" && mesh === name) for (const [address, fact] of inboundsOf(dataplane, document)) services.set(address, fact);
  }
  return { name, services, ...(own !== undefined && { mtls: mtlsOf(own.document) }), ...(given.service !== undefined && { service: given.service }) };
}

function mtlsOf(document: Fields): "off" | "strict" | "permissive" {
  const mtls = asObject(document["mtls"]);
  const enabled = mtls?.["enabledBackend"];
  if (typeof enabled !== "string" || enabled === "") return "off";
  const backend = objects(mtls?.["backends"]).find((each) => each["name"] === enabled);
  return backend?.["mode"] === "PERMISSIVE" ? "permissive" : "strict";
}

/** Where callers reach each inbound, and where its proxy looks for the app. */
function* inboundsOf(dataplane: string, document: Fields): Generator<readonly [string, ServiceFact]> {
  const networking = asObject(document["networking"]);
  for (const inbound of objects(networking?.["inbound"])) {
    const { port } = inbound;
    const service = asObject(inbound["tags"])?.["kuma.io/service"];
    if (typeof port !== "number" || typeof service !== "string") continue;
    const address = text(inbound["address"]) || text(networking?.["address"]);
    const named = text(inbound["name"]);
    const fact: ServiceFact = { service, dataplane, port, document, section: named === "" ? String(port) : named };
    const appPort = typeof inbound["servicePort"] === "number" ? inbound["servicePort"] : port;
    yield [`${address}:${port}`, fact];
    yield [`${text(inbound["serviceAddress"]) || address}:${appPort}`, fact];
    yield [`localhost:${appPort}`, fact];
  }
}

function objects(list: unknown): readonly Fields[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly unknown[]).map(asObject).filter((each) => each !== undefined);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
