import type { IdentityCertificate, ProxySecrets, TrustBundle } from "../model/mesh-tls-secrets.ts";
import { SecretSchema, type SecretJson } from "../proto/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts";
import { identitySecret, meshCaSecret } from "../translate/secrets.ts";
import { encodeBytes } from "./encoded-bytes.ts";
import { typeUrls, type EncodedResource, type Snapshot, type TypeSnapshot } from "./snapshot.ts";
import { mapByName, versionOf } from "./type-snapshot.ts";

/**
 * A snapshot with the secrets that its proxy has at present. What is equal is encoded once: the CAs for all proxies of a mesh, and all
 * other types are the snapshot's own.
 */
export function withSecrets(snapshot: Snapshot, secrets: ProxySecrets | undefined): Snapshot {
  if (secrets === undefined) return snapshot;
  return { types: new Map([...snapshot.types, [typeUrls.secret, secretsOf(secrets)]]) };
}

const known = new WeakMap<ProxySecrets, TypeSnapshot>();

function secretsOf(secrets: ProxySecrets): TypeSnapshot {
  const before = known.get(secrets);
  if (before !== undefined) return before;
  const { mesh, identity, trust } = secrets;
  const resources = [
    ...(identity === undefined ? [] : [once(identities, identity, () => identitySecret(mesh, identity))]),
    ...(trust === undefined ? [] : [once(bundles, trust, () => meshCaSecret(mesh, trust))]),
  ];
  const made = { version: versionOf(resources), resources: mapByName(resources) };
  known.set(secrets, made);
  return made;
}

const identities = new WeakMap<IdentityCertificate, EncodedResource>();
const bundles = new WeakMap<TrustBundle, EncodedResource>();

function once<Key extends object>(encoded: WeakMap<Key, EncodedResource>, key: Key, make: () => SecretJson): EncodedResource {
  const before = encoded.get(key);
  if (before !== undefined) return before;
  const json = make();
  const resource = encodeBytes(SecretSchema, json.name ?? "", json);
  encoded.set(key, resource);
  return resource;
}
