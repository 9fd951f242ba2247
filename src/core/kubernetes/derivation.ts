import { equalJson } from "../base/equal-json.ts";
import type { Notice } from "../base/notice.ts";
import { equalContent } from "../model/changes-to.ts";
import type { Resource, ResourceKey } from "../model/resource.ts";
import { deriveDataplane } from "./derive-dataplane.ts";
import { deriveMeshService } from "./derive-mesh-service.ts";
import type { KubeObject } from "./kube-object.ts";
import { hasEnded, meshOfPod, namespaceFacts } from "./membership.ts";
import { countPod, createNamespaceState } from "./namespace-state.ts";
import type { NamespaceState, PodState, ServiceState } from "./namespace-state.ts";
import { createNoticeTable } from "./notice-table.ts";
import type { NoticeTable } from "./notice-table.ts";
import { podNotices, serviceNotices } from "./notices.ts";
import { labelsOfObject } from "./pod.ts";
import type { Pod } from "./pod.ts";
import { meshesOfService } from "./service-meshes.ts";
import type { Service } from "./service.ts";

/** Objects that are there now, as they are now, and objects that are gone. */
export interface ObjectChanges<T extends KubeObject> {
  readonly changed: readonly T[];
  readonly removed: readonly KubeObject[];
}

export interface ClusterChanges {
  readonly namespaces?: ObjectChanges<KubeObject>;
  readonly services?: ObjectChanges<Service>;
  readonly pods?: ObjectChanges<Pod>;
}

export interface DerivedChanges {
  /** New, or with other labels or another spec than before; without times. */
  readonly changed: readonly Resource[];
  readonly removed: readonly ResourceKey[];
}

/** The mesh as Pods, Services and Namespaces make it. The order in which they are told of does not count. */
export interface Derivation {
  /**
   * Takes over what changed, and gives what that changes in the mesh. Costs what it touches: a pod its Dataplane, a Service its
   * MeshService and the pods that it selects or selected, a namespace what lives in it when it has another word for it.
   */
  apply(changes: ClusterChanges): DerivedChanges;
  /** What there is to tell about objects that are not, or not wholly, what their authors may think; the same list until it changes. */
  notices(): readonly Notice[];
}

export function createDerivation(): Derivation {
  const namespaces = new Map<string, NamespaceState>();
  const notices = createNoticeTable();
  const at = (name: string): NamespaceState => {
    const state = namespaces.get(name) ?? createNamespaceState(name);
    namespaces.set(name, state);
    return state;
  };
  return {
    apply: (changes) => {
      const dirty = createDirty();
      for (const [object, gone] of each(changes.namespaces)) takeNamespace(at(object.metadata.name), gone ? undefined : object, dirty);
      for (const [object, gone] of each(changes.services)) takeService(at(namespaceOf(object)), object, gone, dirty);
      for (const [object, gone] of each(changes.pods)) takePod(at(namespaceOf(object)), object, gone || hasEnded(object), dirty);
      const derived = rederive(dirty);
      explain(dirty, notices);
      for (const state of dirty.touched) if (isEmpty(state)) namespaces.delete(state.name);
      return derived;
    },
    notices: notices.all,
  };
}

function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? "";
}

function* each<T extends KubeObject>(changes: ObjectChanges<T> | undefined): Generator<readonly [T, boolean]> {
  for (const object of changes?.removed ?? []) yield [object as T, true];
  for (const object of changes?.changed ?? []) yield [object, false];
}

/** What has to be derived anew, by namespace; and what the mesh loses with objects that are gone. */
interface Dirty {
  readonly pods: Map<NamespaceState, Set<string>>;
  readonly services: Map<NamespaceState, Set<string>>;
  /** Namespaces that lost something, or themselves. */
  readonly touched: Set<NamespaceState>;
  readonly lost: Resource[];
}

function createDirty(): Dirty {
  return { pods: new Map(), services: new Map(), touched: new Set(), lost: [] };
}

function isEmpty({ told, pods, services }: NamespaceState): boolean {
  return !told && pods.size === 0 && services.size === 0;
}

function explain({ pods, services }: Dirty, notices: NoticeTable): void {
  for (const [state, names] of pods) for (const name of names) notices.put(`pod ${state.name}/${name}`, podNotices(state.pods.get(name), state.facts));
  for (const [state, names] of services) for (const name of names) notices.put(`service ${state.name}/${name}`, serviceNotices(state.services.get(name), state.facts));
}

function mark(marked: Map<NamespaceState, Set<string>>, state: NamespaceState, names: Iterable<string>): void {
  const set = marked.get(state) ?? new Set<string>();
  marked.set(state, set);
  for (const name of names) set.add(name);
}

function takeNamespace(state: NamespaceState, namespace: KubeObject | undefined, dirty: Dirty): void {
  const before = state.facts;
  state.told = namespace !== undefined;
  state.facts = namespaceFacts(namespace);
  dirty.touched.add(state);
  if (before.injected === state.facts.injected && before.mesh === state.facts.mesh) return;
  mark(dirty.services, state, state.services.keys());
  for (const [name, podState] of state.pods) setPod(state, name, podState.pod, dirty);
}

function takeService(state: NamespaceState, service: Service, gone: boolean, dirty: Dirty): void {
  const { name } = service.metadata;
  const before = state.services.get(name);
  const selector = gone ? undefined : service.spec?.selector;
  const touched = new Set([...state.index.selected(before?.service.spec?.selector), ...state.index.selected(selector)]);
  state.index.putSelector(name, selector);
  if (gone) {
    state.services.delete(name);
    dirty.touched.add(state);
    dirty.lost.push(...(before?.derived ?? []));
  } else {
    const after: ServiceState = { service, meshes: new Map(), derived: before?.derived ?? [] };
    state.services.set(name, after);
    for (const pod of state.index.selected(selector)) countPod(after, state.pods.get(pod)?.mesh, 1);
  }
  mark(dirty.services, state, [name]);
  for (const pod of touched) {
    const podState = state.pods.get(pod);
    if (podState !== undefined) state.pods.set(pod, { ...podState, services: state.index.selecting(labelsOfObject(podState.pod)) });
  }
  mark(dirty.pods, state, touched);
}

function takePod(state: NamespaceState, pod: Pod, gone: boolean, dirty: Dirty): void {
  const { name } = pod.metadata;
  if (!gone) {
    setPod(state, name, pod, dirty);
    return;
  }
  const before = state.pods.get(name);
  if (before === undefined) return;
  countEverywhere(state, before, -1, dirty);
  state.index.putLabels(name, undefined);
  state.pods.delete(name);
  dirty.touched.add(state);
  if (before.dataplane !== undefined) dirty.lost.push(before.dataplane);
  mark(dirty.pods, state, [name]);
}

function setPod(state: NamespaceState, name: string, pod: Pod, dirty: Dirty): void {
  const before = state.pods.get(name);
  if (before !== undefined) countEverywhere(state, before, -1, dirty);
  const labels = labelsOfObject(pod);
  const same = before !== undefined && equalJson(labelsOfObject(before.pod), labels) ? before.services : undefined;
  if (same === undefined) state.index.putLabels(name, labels);
  const services = same ?? state.index.selecting(labels);
  const after: PodState = { pod, mesh: meshOfPod(pod, state.facts), services, dataplane: before?.dataplane };
  state.pods.set(name, after);
  countEverywhere(state, after, 1, dirty);
  mark(dirty.pods, state, [name]);
}

function countEverywhere(state: NamespaceState, pod: PodState, by: 1 | -1, dirty: Dirty): void {
  for (const name of pod.services) {
    const service = state.services.get(name);
    if (service !== undefined && countPod(service, pod.mesh, by)) mark(dirty.services, state, [name]);
  }
}

function rederive({ pods, services, lost }: Dirty): DerivedChanges {
  const found: Found = { changed: new Map(), removed: new Map() };
  for (const resource of lost) lose(found, resource);
  for (const [state, names] of services) for (const name of names) rederiveService(state, state.services.get(name), found);
  for (const [state, names] of pods) for (const name of names) rederivePod(state, state.pods.get(name), found);
  return { changed: [...found.changed.values()], removed: [...found.removed.values()] };
}

/** By the text of the key, so that what goes and comes back in one step has not gone. */
interface Found {
  readonly changed: Map<string, Resource>;
  readonly removed: Map<string, ResourceKey>;
}

function lose({ removed }: Found, { kind, mesh, name }: Resource): void {
  removed.set(`${kind}/${mesh}/${name}`, { kind, mesh, name });
}

function gain({ changed, removed }: Found, resource: Resource): void {
  const text = `${resource.kind}/${resource.mesh}/${resource.name}`;
  removed.delete(text);
  changed.set(text, resource);
}

function rederivePod(state: NamespaceState, pod: PodState | undefined, found: Found): void {
  if (pod === undefined) return;
  const services = pod.services.flatMap((name) => state.services.get(name)?.service ?? []);
  const before = pod.dataplane;
  const after = pod.mesh === undefined ? undefined : deriveDataplane(pod.pod, pod.mesh, services);
  if (before !== undefined && before.mesh === after?.mesh && equalContent(before, after)) return;
  pod.dataplane = after;
  if (before !== undefined) lose(found, before);
  if (after !== undefined) gain(found, after);
}

function rederiveService(state: NamespaceState, service: ServiceState | undefined, found: Found): void {
  if (service === undefined) return;
  const before = service.derived;
  const after = meshesOfService(service, state.facts).map((mesh) => deriveMeshService(service.service, mesh));
  service.derived = after.map((resource) => {
    const same = before.find((each) => each.mesh === resource.mesh);
    return same !== undefined && equalContent(same, resource) ? same : resource;
  });
  for (const resource of before) if (!service.derived.some(({ mesh }) => mesh === resource.mesh)) lose(found, resource);
  for (const resource of service.derived) if (!before.includes(resource)) gain(found, resource);
}
