import type { ApiServer } from "../../test/kit/kube/api-server.ts";
import { podStatus } from "../../test/kit/kube/kubelet.ts";
import { frame, intervalPatch, podAddress, podPath, pods, policyPath, type ClusterSize, type Creation } from "./objects.ts";

/** Requests at a time; more make an API server on the same machine slower, not faster. */
const parallel = 16;

/** Makes all objects, and says of every pod that it runs and is ready. */
export async function fillCluster(api: ApiServer, size: ClusterSize): Promise<void> {
  await api.applyCrds();
  for (const creation of frame(size)) await create(api, creation);
  await inParallel(pods(size), (creation) => create(api, creation));
  await inParallel(numbers(size.pods), (i) => sayReady(api, i, true));
}

/** What a kubelet says of a pod whose app has become ready, or no longer is. */
export async function sayReady(api: ApiServer, i: number, isReady: boolean): Promise<void> {
  const status = podStatus({ containers: [{ name: "app" }, { name: "kuma-sidecar" }] }, { ips: [podAddress(i)], ready: { app: isReady } });
  await send(api, "PATCH", `${podPath(i)}/status`, { status });
}

export async function patchPolicy(api: ApiServer, intervalMs: number): Promise<void> {
  await send(api, "PATCH", policyPath, intervalPatch(intervalMs), "application/json-patch+json");
}

async function create(api: ApiServer, { path, body }: Creation): Promise<void> {
  await send(api, "POST", path, body);
}

async function send(api: ApiServer, method: string, path: string, body: object, contentType?: string): Promise<void> {
  const answer = await api.request(method, path, { body, ...(contentType === undefined ? {} : { contentType }) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

function* numbers(count: number): Generator<number, undefined> {
  for (let i = 0; i < count; i++) yield i;
}

async function inParallel<T>(items: Generator<T, undefined>, act: (item: T) => Promise<void>): Promise<void> {
  const work = async (): Promise<void> => {
    for (let next = items.next(); next.done !== true; next = items.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}
