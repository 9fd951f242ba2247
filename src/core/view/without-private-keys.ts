import type { JsonValue } from "../base/json.ts";
import type { CertificateSource, Mesh, MtlsBackend } from "../model/mesh.ts";
import type { Resource } from "../model/resource.ts";
import { hidePrivateKeys, notShown } from "./hide-private-keys.ts";

/** The resource without the private keys that are written in it; the very same when there is none. One that is in a secret is only named. */
export function withoutPrivateKeys(resource: Resource): Resource {
  if (resource.kind === "Mesh") return meshWithoutKeys(resource as Mesh);
  const spec = hidePrivateKeys(resource.spec as JsonValue);
  return spec === resource.spec ? resource : { ...resource, spec };
}

function meshWithoutKeys(mesh: Mesh): Mesh {
  const { mtls } = mesh.spec;
  const backends = mtls?.backends?.map(backendWithoutKey);
  if (mtls === undefined || backends === undefined || backends.every((backend, i) => backend === mtls.backends?.[i])) return mesh;
  return { ...mesh, spec: { ...mesh.spec, mtls: { ...mtls, backends } } };
}

function backendWithoutKey(backend: MtlsBackend): MtlsBackend {
  const { key } = backend.conf ?? {};
  if (key?.inline === undefined && key?.inlineString === undefined) return backend;
  const hidden: CertificateSource = { ...key, ...(key.inline === undefined ? {} : { inline: notShown }), ...(key.inlineString === undefined ? {} : { inlineString: notShown }) };
  return { ...backend, conf: { ...backend.conf, key: hidden } };
}
