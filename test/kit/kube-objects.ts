import type { KubeObject } from "../../src/core/kubernetes/kube-object.ts";
import type { Pod } from "../../src/core/kubernetes/pod.ts";
import type { Service, ServicePort } from "../../src/core/kubernetes/service.ts";
import type { Labels } from "../../src/core/model/resource.ts";

/** Objects of Kubernetes as the API server gives them, written short. */
export interface ObjectParts {
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

export function namespaceObject(name: string, labels: Labels = {}): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { "kubernetes.io/metadata.name": name, ...labels } } };
}

/** A namespace whose pods are part of the mesh. */
export function meshNamespace(name: string, labels: Labels = {}): KubeObject {
  return namespaceObject(name, { "kuma.io/sidecar-injection": "enabled", ...labels });
}

export interface PodParts extends ObjectParts {
  readonly ip?: string;
  readonly phase?: string;
  /** Readiness by container; default: `app` and `istio-proxy`, both ready. */
  readonly containers?: Readonly<Record<string, boolean>>;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  readonly hostNetwork?: boolean;
  readonly deleting?: boolean;
  readonly owner?: { readonly kind: string; readonly name: string };
}

/** A running pod of two containers, as a kubelet reports it. */
export function podObject(namespace: string, name: string, parts: PodParts = {}): Pod {
  const { ip = "10.0.0.1", phase = "Running", containers = { app: true, "istio-proxy": true }, ports, owner } = parts;
  const owners = owner === undefined ? {} : { ownerReferences: [{ apiVersion: "apps/v1", uid: "1", controller: true, ...owner }] };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      ...owners,
      ...(parts.labels === undefined ? {} : { labels: parts.labels }),
      ...(parts.annotations === undefined ? {} : { annotations: parts.annotations }),
      ...(parts.deleting === true ? { deletionTimestamp: "2026-01-01T00:00:00Z" } : {}),
    },
    spec: {
      ...(parts.hostNetwork === true ? { hostNetwork: true } : {}),
      containers: Object.keys(containers).map((container, i) => ({ name: container, ...(i === 0 && ports !== undefined ? { ports } : {}) })),
    },
    status: {
      phase,
      ...(ip === "" ? {} : { podIP: ip, podIPs: [{ ip }] }),
      containerStatuses: Object.entries(containers).map(([container, ready]) => ({ name: container, ready })),
    },
  };
}

export interface ServiceParts extends ObjectParts {
  readonly selector?: Labels;
  readonly ports?: readonly ServicePort[];
  readonly addresses?: readonly string[];
  readonly spec?: Service["spec"];
}

/** A Service of one address that selects `app: <name>`, port 80 to 8080, HTTP. */
export function serviceObject(namespace: string, name: string, parts: ServiceParts = {}): Service {
  const { selector = { app: name }, ports = [{ port: 80, targetPort: 8080, appProtocol: "http" }], addresses = ["10.96.0.1"] } = parts;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace,
      ...(parts.labels === undefined ? {} : { labels: parts.labels }),
      ...(parts.annotations === undefined ? {} : { annotations: parts.annotations }),
    },
    spec: { type: "ClusterIP", selector, ports, clusterIP: addresses[0] ?? "None", clusterIPs: addresses.length === 0 ? ["None"] : addresses, ...parts.spec },
  };
}
