import type { Duplex } from "node:stream";

/** Connections that are open, by the other end as grpc-js names it. */
export interface Connections {
  add(connection: Duplex): void;
  /** Ends one at once: what is on its way is lost. */
  disconnect(peer: string): void;
}

export function createConnections(): Connections {
  const open = new Map<string, Duplex>();
  return {
    add: (connection) => {
      const { remoteAddress, remotePort } = connection as { readonly remoteAddress?: string; readonly remotePort?: number };
      if (remoteAddress === undefined || remotePort === undefined) return;
      const peer = `${remoteAddress}:${String(remotePort)}`;
      open.set(peer, connection);
      connection.once("close", () => {
        if (open.get(peer) === connection) open.delete(peer);
      });
    },
    disconnect: (peer) => open.get(peer)?.destroy(),
  };
}
