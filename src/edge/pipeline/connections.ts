import type { ProxyKey } from "./port.ts";

/** Who is connected, by mesh and name. One proxy may have several streams: the old one of a client that came back may still stand. */
export interface Connections<Connection extends { readonly proxy: ProxyKey }> {
  add(connection: Connection): void;
  delete(connection: Connection): void;
  all(): Iterable<Connection>;
  /** Streams of a mesh, or of some proxies of it. */
  find(mesh: string, names: "all" | ReadonlySet<string>): Iterable<Connection>;
}

export function createConnections<Connection extends { readonly proxy: ProxyKey }>(): Connections<Connection> {
  const meshes = new Map<string, Map<string, Set<Connection>>>();
  return {
    add(connection) {
      const { mesh, name } = connection.proxy;
      const proxies = meshes.get(mesh) ?? new Map<string, Set<Connection>>();
      const streams = proxies.get(name) ?? new Set();
      meshes.set(mesh, proxies.set(name, streams.add(connection)));
    },
    delete(connection) {
      const { mesh, name } = connection.proxy;
      const proxies = meshes.get(mesh);
      const streams = proxies?.get(name);
      streams?.delete(connection);
      if (streams?.size === 0) {
        proxies?.delete(name);
      }
      if (proxies?.size === 0) {
        meshes.delete(mesh);
      }
    },
    *all() {
      for (const proxies of meshes.values()) {
        for (const streams of proxies.values()) {
          yield* streams;
        }
      }
    },
    *find(mesh, names) {
      const proxies = meshes.get(mesh);
      if (proxies === undefined) {
        return;
      }
      for (const name of names === "all" || names.size > proxies.size ? proxies.keys() : names) {
        if (names === "all" || names.has(name)) {
          yield* proxies.get(name) ?? [];
        }
      }
    },
  };
}
