import { readFile } from "node:fs/promises";
import type { Document } from "./api-client.ts";
import { ControlPlaneProcess } from "./control-plane-process.ts";
import { HeldProxy } from "./held-proxy.ts";

/** Two control planes on one database, and proxies that are connected to them. */
export interface SharedStore {
  readonly controlPlanes: readonly [ControlPlaneProcess, ControlPlaneProcess];
  /** In the order in which they were divided: the first half on the first control plane. */
  readonly proxies: readonly HeldProxy[];
  /** Writes the policy of all proxies through one of the control planes, with this word in it. */
  write(through: ControlPlaneProcess, word: string): Promise<void>;
  close(): Promise<void>;
}

export interface SharedStoreOptions {
  readonly databaseUrl: string;
  /** On each control plane. */
  readonly proxies: number;
  readonly args?: readonly string[];
}

/** The cluster in which a word that was written shows. */
export const writtenCluster = "backend";

/** Starts it all, and resolves when every proxy has its configuration. */
export async function startSharedStore({ databaseUrl, proxies: count, args = [] }: SharedStoreOptions): Promise<SharedStore> {
  const options = { store: "postgres", args: ["--postgres-url", databaseUrl, ...args] } as const;
  const controlPlanes = await Promise.all([ControlPlaneProcess.start(options), ControlPlaneProcess.start(options)]);
  const [first, second] = controlPlanes;
  const names = Array.from({ length: 2 * count }, (_, i) => `web-${i}`);
  await Promise.all([provider(), ...names.map(caller)].map((document) => first.api.put(document)));
  const write = async (through: ControlPlaneProcess, word: string): Promise<void> => {
    await through.api.put(policyWith("all", word));
  };
  await write(first, "beginning");
  // A token of one is good at the other; each shows a certificate of an authority of its own.
  const ca = (await Promise.all(controlPlanes.map(({ caFile }) => readFile(caFile, "utf8")))).join("");
  const authorization = `Bearer ${await second.api.dataplaneToken({ mesh: "default" })}`;
  const proxies = names.map((name) => new HeldProxy(name, { ca, authorization }));
  proxies.forEach((proxy, i) => proxy.connect((i < count ? first : second).xdsPort));
  await Promise.all(proxies.map((proxy) => proxy.until(writtenCluster, "/beginning")));
  return {
    controlPlanes, proxies, write,
    close: async () => {
      for (const proxy of proxies) proxy.close();
      await Promise.all(controlPlanes.map((controlPlane) => controlPlane.close()));
    },
  };
}

/** A policy of every proxy of the mesh, with a word in it that is found in the clusters it makes. */
export function policyWith(name: string, word: string): Document {
  const conf = { interval: "10s", timeout: "2s", http: { path: `/${word}` } };
  return { type: "MeshHealthCheck", mesh: "default", name, spec: { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: conf }] } };
}

/** A policy that no proxy of these has anything to do with. */
export function policyOfNobody(name: string, word: string): Document {
  const conf = { interval: "10s", timeout: "2s", http: { path: `/${word}` } };
  return { type: "MeshHealthCheck", mesh: "default", name, spec: { targetRef: { kind: "MeshService", name: "nobody" }, to: [{ targetRef: { kind: "Mesh" }, default: conf }] } };
}

function provider(): Document {
  const inbound = [{ port: 8080, tags: { "kuma.io/service": "backend", "kuma.io/protocol": "http" } }];
  return { type: "Dataplane", mesh: "default", name: "backend-1", networking: { address: "10.0.1.1", inbound } };
}

function caller(name: string, index: number): Document {
  const inbound = [{ port: 8080, tags: { "kuma.io/service": "web", "kuma.io/protocol": "http" } }];
  const outbound = [{ port: 10_000, tags: { "kuma.io/service": "backend" } }];
  return { type: "Dataplane", mesh: "default", name, networking: { address: `10.0.0.${index + 1}`, inbound, outbound } };
}
