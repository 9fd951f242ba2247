import { Set as ImmutableSet } from "immutable";
import { enabledMtls } from "../../core/model/mesh-mtls.ts";
import type { MeshWorld, World } from "../../core/model/world.ts";
import type { ProxyKey } from "./port.ts";

/**
 * Which proxies take mutual TLS. In a mesh that takes plain text as well others talk TLS to these alone, so that a mesh can be taken from
 * plain text to STRICT without a refused request. Who is ready stays ready for as long as its mesh has mutual TLS: its listeners do.
 */
export interface TlsReadiness {
  /** The World with what is known of its proxies. Of a mesh without mutual TLS, and of a Dataplane that is gone, nothing is known any more. */
  tell(world: World): World;
  /** This proxy was found ready; it is told after a moment, together with others. */
  found(proxy: ProxyKey): void;
  /** Others have found these. Returns those that are new. */
  learn(mesh: string, names: Iterable<string>): readonly string[];
  isKnown(proxy: ProxyKey): boolean;
  close(): void;
}

/** A listener that was confirmed serves a moment later; and a rollout is many proxies at once. */
const settleMs = 500;

export function createTlsReadiness(onFound: (found: ReadonlyMap<string, readonly string[]>) => void, delayMs = settleMs): TlsReadiness {
  const ready = new Map<string, ImmutableSet<string>>();
  let waiting = new Map<string, Set<string>>();
  let timer: NodeJS.Timeout | undefined;

  function learn(mesh: string, names: Iterable<string>): readonly string[] {
    const known = ready.get(mesh) ?? ImmutableSet<string>();
    const news = [...names].filter((name) => !known.has(name));
    if (news.length > 0) ready.set(mesh, known.union(news));
    return news;
  }

  function flush(): void {
    timer = undefined;
    const found = new Map([...waiting].map(([mesh, names]) => [mesh, learn(mesh, names)] as const).filter(([, names]) => names.length > 0));
    waiting = new Map();
    if (found.size > 0) onFound(found);
  }

  function tellMesh(mesh: MeshWorld): MeshWorld {
    if (mesh.mesh === undefined || enabledMtls(mesh.mesh) === undefined) {
      ready.delete(mesh.name);
      waiting.delete(mesh.name);
      return mesh;
    }
    const known = (ready.get(mesh.name) ?? ImmutableSet<string>()).filter((name) => mesh.dataplanes.has(name));
    ready.set(mesh.name, known);
    return Object.freeze({ ...mesh, readyForTls: known });
  }

  return {
    tell(world) {
      for (const name of ready.keys()) if (!world.meshes.has(name)) ready.delete(name);
      const meshes = world.meshes.map(tellMesh);
      return meshes === world.meshes ? world : Object.freeze({ meshes });
    },
    found({ mesh, name }) {
      waiting.set(mesh, (waiting.get(mesh) ?? new Set()).add(name));
      timer ??= setTimeout(flush, delayMs);
      timer.unref();
    },
    learn,
    isKnown: ({ mesh, name }) => ready.get(mesh)?.has(name) === true || waiting.get(mesh)?.has(name) === true,
    close: () => clearTimeout(timer),
  };
}
