import { typeOrder, typeUrls } from "../../src/core/snapshot/snapshot.ts";
import type { EncodedResource, Snapshot, TypeSnapshot } from "../../src/core/snapshot/snapshot.ts";

/** Short names for the types, so that tables stay readable. */
export const shortTypes = { cds: typeUrls.cluster, eds: typeUrls.endpoints, lds: typeUrls.listener, rds: typeUrls.route, sds: typeUrls.secret } as const;
export type ShortType = keyof typeof shortTypes;

export function shortType(typeUrl: string): string {
  return Object.entries(shortTypes).find(([, url]) => url === typeUrl)?.[0] ?? typeUrl;
}

/** Versions by name, by type: `{cds: {web: 1}, eds: {web: 1}}`. */
export type Versions = Partial<Record<ShortType, Readonly<Record<string, number>>>>;

/** A resource whose message has its name as field 1 and its version as text in field 2. */
export function fakeResource(name: string, version: number): EncodedResource {
  const bytes = new TextEncoder().encode(`${name}@${String(version)}`);
  return {
    name,
    version: String(version),
    byteLength: bytes.length,
    writeTo: (target, offset) => target.set(bytes, offset),
    madeFrom: [{ kind: "MeshHealthCheck", mesh: "default", name: `policy-of-${name}` }],
  };
}

export function fakeType(versions: Readonly<Record<string, number>>): TypeSnapshot {
  const resources = new Map(Object.entries(versions).map(([name, version]) => [name, fakeResource(name, version)]));
  return { version: JSON.stringify(versions), resources };
}

export function fakeSnapshot(versions: Versions): Snapshot {
  const types = typeOrder.map((url) => [url, fakeType(versions[shortType(url) as ShortType] ?? {})] as const);
  return { types: new Map(types) };
}

/** Makes snapshots in which equal types are one object, as the real builder does. */
export function createSharingSnapshots(): (versions: Versions) => Snapshot {
  const known = new Map<string, TypeSnapshot>();
  return (versions) => {
    const types = [...fakeSnapshot(versions).types].map(([url, type]) => {
      const key = `${url} ${type.version}`;
      const shared = known.get(key) ?? type;
      known.set(key, shared);
      return [url, shared] as const;
    });
    return { types: new Map(types) };
  };
}
