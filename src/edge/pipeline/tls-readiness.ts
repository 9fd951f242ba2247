import { Set as ImmutableSet } from "immutable";
import { enabledMtls } from "../../core/model/mesh-mtls.ts";
import type { MeshWorld, World } from "../../core/model/world.ts";
import type { ProxyKey, SharedReadiness } from "./port.ts";

/**
 * Which proxies take mutual TLS. In a mesh that takes plain text as well others talk TLS to these alone, so that a mesh can be taken from
 * plain text to STRICT without a refused request. Who is ready stays ready for as long as its mesh has mutual TLS: its listeners do.
 */
export interface TlsReadiness {
  /** The World with what is known of its proxies. Of a mesh without mutual TLS nothing is known any more. */
  tell(world: World): World;
  /** This proxy was found ready; it is told after a moment, together with others. */
  found(proxy: ProxyKey): void;
  isKnown(proxy: ProxyKey): boolean;
  close(): void;
}

export interface TlsReadinessOptions {
  /** These are ready, by mesh, and were not before. */
  readonly onFound: (found: ReadonlyMap<string, readonly string[]>) => void;
  /** Absent: nobody else finds any. */
  readonly shared?: SharedReadiness | undefined;
  /** Milliseconds after which one that was found counts: a listener that was confirmed serves a moment later, and a rollout is many proxies at once. Default 500. */
  readonly settleMs?: number;
}

export function createTlsReadiness({ onFound, shared, settleMs = 500 }: TlsReadinessOptions): TlsReadiness {
  const ready = new Map<string, ImmutableSet<string>>();
  let waiting = new Map<string, Set<string>>();
  let timer: NodeJS.Timeout | undefined;

  /** Those that are new. */
  function learn(mesh: string, names: Iterable<string>): readonly string[] {
    const known = ready.get(mesh) ?? ImmutableSet<string>();
    const news = [...names].filter((name) => !known.has(name));
    if (news.length > 0) ready.set(mesh, known.union(news));
    return news;
  }

  function report(found: readonly (readonly [mesh: string, names: readonly string[]])[]): void {
    const some = found.filter(([, names]) => names.length > 0);
    if (some.length > 0) onFound(new Map(some));
  }

  function flush(): void {
    timer = undefined;
    const found = [...waiting].map(([mesh, names]) => [mesh, learn(mesh, names)] as const);
    waiting = new Map();
    for (const [mesh, names] of found) if (names.length > 0) shared?.add(mesh, names);
    report(found);
  }

  function tellMesh(mesh: MeshWorld): MeshWorld {
    const { name } = mesh;
    if (mesh.mesh === undefined || enabledMtls(mesh.mesh) === undefined) {
      if (ready.delete(name) || (mesh.mesh !== undefined && shared?.read(name).length)) shared?.clear(name);
      waiting.delete(name);
      return mesh;
    }
    const known = withoutGone(ready.get(name) ?? ImmutableSet(shared?.read(name) ?? []), mesh);
    ready.set(name, known);
    return known === mesh.readyForTls ? mesh : Object.freeze({ ...mesh, readyForTls: known });
  }

  shared?.onChange(() => { report([...ready.keys()].map((mesh) => [mesh, learn(mesh, shared.read(mesh))] as const)); });

  return {
    tell(world) {
      for (const name of ready.keys()) if (!world.meshes.has(name)) ready.delete(name);
      const meshes = world.meshes.map(tellMesh);
      return meshes === world.meshes ? world : Object.freeze({ meshes });
    },
    found({ mesh, name }) {
      waiting.set(mesh, (waiting.get(mesh) ?? new Set()).add(name));
      timer ??= setTimeout(flush, settleMs);
      timer.unref();
    },
    isKnown: ({ mesh, name }) => ready.get(mesh)?.has(name) === true || waiting.get(mesh)?.has(name) === true,
    close: () => clearTimeout(timer),
  };
}

/** Names of Dataplanes that are gone do no harm; they are let go of when they are the most. */
function withoutGone(names: ImmutableSet<string>, { dataplanes }: MeshWorld): ImmutableSet<string> {
  return names.size > 2 * dataplanes.size + 1000 ? names.filter((name) => dataplanes.has(name)) : names;
}
