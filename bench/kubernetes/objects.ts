/** The cluster of the bench: pods of an app each, a Service for each app, one policy of the mesh's operators for all. */
export interface ClusterSize {
  readonly pods: number;
  readonly services: number;
}

export const mesh = "default";
export const systemNamespace = "probeplane-system";
/** Where the pods of the bench are, and the Service of each. */
export const namespace = "bench";
/** Node id of a pod's proxy; `%d` is the number of the pod. */
export const nodeId = `${mesh}.pod-%d.${namespace}`;

export const policyPath = `/apis/kuma.io/v1alpha1/namespaces/${systemNamespace}/meshhealthchecks/bench`;

/** One request that makes an object. */
export interface Creation {
  readonly path: string;
  readonly body: object;
}

export function podName(i: number): string {
  return `pod-${i}`;
}

export function podPath(i: number): string {
  return `/api/v1/namespaces/${namespace}/pods/${podName(i)}`;
}

/** What is there before any pod. */
export function* frame({ services }: ClusterSize): Generator<Creation, undefined> {
  yield { path: "/api/v1/namespaces", body: { metadata: { name: systemNamespace } } };
  yield { path: "/api/v1/namespaces", body: { metadata: { name: namespace, labels: { "kuma.io/sidecar-injection": "enabled" } } } };
  yield { path: "/apis/kuma.io/v1alpha1/meshes", body: { apiVersion: "kuma.io/v1alpha1", kind: "Mesh", metadata: { name: mesh }, spec: {} } };
  for (let i = 0; i < services; i++) yield { path: `/api/v1/namespaces/${namespace}/services`, body: service(`svc-${i}`) };
  yield { path: policyPath.replace("/bench", ""), body: policy(10_000) };
}

/** Every pod; a kubelet's word of each is still to come. */
export function* pods({ pods: count, services }: ClusterSize): Generator<Creation, undefined> {
  for (let i = 0; i < count; i++) yield { path: `/api/v1/namespaces/${namespace}/pods`, body: pod(i, services) };
}

function service(name: string): object {
  const spec = { selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: 8080, appProtocol: "http" }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name }, spec };
}

function pod(i: number, services: number): object {
  const containers = ["app", "kuma-sidecar"].map((name) => ({ name, image: "none", ...(name === "app" ? { ports: [{ containerPort: 8080 }] } : {}) }));
  return { apiVersion: "v1", kind: "Pod", metadata: { name: podName(i), labels: { app: `svc-${i % services}` } }, spec: { containers } };
}

/** Addresses of pods, each its own. */
export function podAddress(i: number): string {
  return `10.${1 + Math.floor(i / 62_500)}.${Math.floor(i / 250) % 250}.${1 + (i % 250)}`;
}

function policy(intervalMs: number): object {
  const metadata = { name: "bench", namespace: systemNamespace, labels: { "kuma.io/mesh": mesh } };
  const conf = { ...intervalOf(intervalMs), timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, http: { path: "/health", expectedStatuses: [200] } };
  return { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata, spec: { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: conf }] } };
}

/** What a patch of the policy says: a JSON patch of the one field. */
export function intervalPatch(intervalMs: number): readonly object[] {
  return [{ op: "replace", path: "/spec/to/0/default/interval", value: intervalOf(intervalMs).interval }];
}

function intervalOf(intervalMs: number): { readonly interval: string } {
  return { interval: `${intervalMs}ms` };
}
