/** The World of the bench: every proxy calls every service, every service is checked by one policy. */
export interface WorldSize {
  readonly proxies: number;
  readonly services: number;
}

export const mesh = "bench";
/** Node id of a proxy; `%d` is its number. */
export const nodeId = `${mesh}.dp-%d`;
const policyPath = `/meshes/${mesh}/meshhealthchecks/bench`;

interface Write {
  readonly path: string;
  readonly body: object;
}

/** Every write that makes the World, in an order in which nothing refers to what comes later. */
export function* worldWrites({ proxies, services }: WorldSize): Generator<Write, undefined> {
  yield { path: `/meshes/${mesh}`, body: { type: "Mesh", name: mesh } };
  for (let i = 0; i < services; i++) yield serviceWrite(`svc-${String(i)}`);
  const outbound = Array.from({ length: services }, (_unused, i) => ({
    address: "127.0.0.1",
    port: 20_000 + i,
    backendRef: { kind: "MeshService", name: `svc-${String(i)}`, port: 80 },
  }));
  // Every service has an endpoint, also where there are more services than proxies; only the proxies that connect call anything.
  for (let i = 0; i < Math.max(proxies, services); i++) yield dataplaneWrite(i, services, i < proxies ? outbound : []);
  yield policyWrite(10_000);
}

function serviceWrite(name: string): Write {
  const spec = {
    selector: { dataplaneLabels: { matchLabels: { app: name } } },
    ports: [{ name: "http", port: 80, targetPort: 8080, appProtocol: "http" }],
  };
  return { path: `/meshes/${mesh}/meshservices/${name}`, body: { type: "MeshService", mesh, name, labels: { app: name }, spec } };
}

function dataplaneWrite(i: number, services: number, outbound: readonly object[]): Write {
  const name = `dp-${String(i)}`;
  const address = `10.${String(1 + Math.floor(i / 62_500))}.${String(Math.floor(i / 250) % 250)}.${String(1 + (i % 250))}`;
  const inbound = [{ port: 8080, servicePort: 8081, name: "http", protocol: "http" }];
  const labels = { app: `svc-${String(i % services)}` };
  return {
    path: `/meshes/${mesh}/dataplanes/${name}`,
    body: { type: "Dataplane", mesh, name, labels, networking: { address, inbound, outbound } },
  };
}

function policyWrite(intervalMs: number): Write {
  const conf = {
    interval: `${String(intervalMs)}ms`,
    timeout: "2s",
    unhealthyThreshold: 3,
    healthyThreshold: 1,
    http: { path: "/health", expectedStatuses: [200] },
  };
  const spec = { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: conf }] };
  return { path: policyPath, body: { type: "MeshHealthCheck", mesh, name: "bench", spec } };
}

/** Writes the whole World, several writes at a time. */
export async function writeWorld(api: string, size: WorldSize): Promise<void> {
  const writes = worldWrites(size);
  const work = async (): Promise<void> => {
    for (let next = writes.next(); next.done !== true; next = writes.next()) await put(api, next.value);
  };
  // The mesh has to be there before anything in it.
  const first = writes.next();
  if (first.done !== true) await put(api, first.value);
  await Promise.all(Array.from({ length: 4 }, work));
}

export async function writePolicy(api: string, intervalMs: number): Promise<void> {
  await put(api, policyWrite(intervalMs));
}

async function put(api: string, { path, body }: Write): Promise<void> {
  const response = await fetch(api + path, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`PUT ${path}: ${String(response.status)} ${text}`);
}
