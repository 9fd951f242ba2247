import { map, filter, type Observable } from "rxjs";
import { displayNameOf, namespaceOf } from "../../src/core/model/kri.ts";
import type { Resource, ResourceKey } from "../../src/core/model/resource.ts";
import { formatResource } from "../../src/core/policy/parse-resource.ts";
import { openKubeClient } from "../../src/edge/kube-client/kube-client.ts";
import { createKubernetesSource } from "../../src/edge/source/kubernetes/kubernetes-source.ts";
import type { SourceEvent } from "../../src/edge/source/port.ts";
import type { ApiServer } from "../kit/kube/api-server.ts";
import { applyObject, deleteObject, type Manifest } from "../kit/kube/apply-objects.ts";
import { playKubelet } from "../kit/kube/kubelet.ts";
import { sharedApiServer } from "../kit/kube/start-api-server.ts";
import { sourceContract } from "./source-contract.ts";

describe("on a real API server", () => {
  let api: ApiServer;
  before(async function () {
    api = await sharedApiServer(this);
    await api.applyCrds();
  });

  // Seen from one namespace, without its name: others share the API server.
  sourceContract("kubernetes", async () => {
    const namespace = await api.createNamespace("contract", { "kuma.io/sidecar-injection": "enabled" });
    const client = await openKubeClient({ kubeconfig: await api.kubeconfig() });
    const source = createKubernetesSource({ client });
    return {
      source: { ...source, close: () => source.close(), problems: source.problems, notices: source.notices, events: inNamespace(source.events, namespace) },
      put: async (resource) => {
        await applyObject(api, manifestOf(resource, namespace));
        if (resource.kind === "Dataplane") await playKubelet(api, namespace, resource.name, { ips: ["10.1.2.3"] });
      },
      remove: (key) => deleteObject(api, manifestOf({ ...key, labels: {}, spec: {} }, namespace)),
      dispose: async () => {
        await source.close();
        await client.close();
      },
    };
  });
});

/** The object that makes a resource: of a Dataplane a Pod. */
function manifestOf(resource: Resource, namespace: string): Manifest {
  const metadata = { name: resource.name, ...(resource.mesh === "" ? {} : { namespace }) };
  if (resource.kind === "Dataplane") return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ name: "app", image: "app" }, { name: "istio-proxy", image: "envoy" }] } };
  return { apiVersion: "kuma.io/v1alpha1", kind: resource.kind, metadata, spec: resource.kind === "Mesh" ? {} : formatResource(resource)["spec"] };
}

/** What is told of one namespace and of the mesh `default`, by the names that it has there. */
function inNamespace(events: Observable<SourceEvent>, namespace: string): Observable<SourceEvent> {
  const isMine = (resource: Resource): boolean => namespaceOf(resource) === namespace || (resource.kind === "Mesh" && resource.name === "default");
  const short = (resource: Resource): Resource => Object.freeze({ ...resource, name: displayNameOf(resource) });
  const ending = `.${namespace}`;
  return events.pipe(
    map((event): SourceEvent => {
      if (event.type === "state") return { type: "state", resources: event.resources.filter(isMine).map(short) };
      const removed = event.removed.filter(({ name }) => name.endsWith(ending)).map((key): ResourceKey => ({ ...key, name: key.name.slice(0, -ending.length) }));
      return { type: "change", changed: event.changed.filter(isMine).map(short), removed };
    }),
    filter((event) => event.type === "state" || event.changed.length + event.removed.length > 0),
  );
}
