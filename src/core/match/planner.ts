import { deepFreeze } from "../base/deep-freeze.ts";
import { rememberPairs } from "../base/remember.ts";
import type { Notice } from "../base/notice.ts";
import type { Dataplane } from "../model/dataplane.ts";
import type { CapturePlan, DestinationPlan, InboundPlan, OutboundPlan, ProxyPlan } from "../model/plan.ts";
import type { Mesh } from "../model/mesh.ts";
import type { IdentityPlan } from "../model/mesh-tls-plan.ts";
import type { MeshIndex, MeshWorld, World } from "../model/world.ts";
import { defaultPlanSettings } from "../policy/plan-settings.ts";
import type { PlanSettings } from "../policy/plan-settings.ts";
import { policyKinds } from "../policy/registry.ts";
import { allowsPassthrough, isStrict, planCapture, strictPorts } from "./capture.ts";
import { directInboundNotices } from "./direct-inbounds.ts";
import { createDestinationPlans } from "./destination-plans.ts";
import { createDestinations, sameElements } from "./destinations.ts";
import type { Destination, Destinations, OutboundList, ResolvedOutbounds } from "./destinations.ts";
import { planIdentity } from "./identity.ts";
import { createInboundPlans } from "./inbound-plans.ts";
import { inboundPlaces } from "./inbounds.ts";
import type { InboundPlace } from "./inbounds.ts";
import { outlineOf } from "./outline.ts";
import { createPolicyGroups } from "./policy-groups.ts";
import type { PolicyGroup, Selectable } from "./policy-groups.ts";
import { senderTags } from "./sender-tags.ts";
import { unresolvedOutbounds } from "./unresolved-outbounds.ts";

/** The settings default to what the documentation says. */
export interface PlannerOptions extends Partial<PlanSettings> {
  /** True: policies labelled `kuma.io/effect: shadow` count as well, to see what they would do. Default: false. */
  readonly shadow?: boolean;
}

/** Makes plans, and remembers what they were made of. The plan is a function of the World alone; the memory only saves work. */
export interface Planner {
  /**
   * What a proxy should do. Undefined when its mesh or its Dataplane is not there. Equal DestinationPlans, and equal EndpointsPlans
   * of one destination, are the same frozen object, for every proxy of the mesh and in every World; so is an equal ProxyPlan of a
   * Dataplane that did not change.
   */
  plan(world: World, mesh: string, proxy: string): ProxyPlan | undefined;
}

/** A planner, to be kept for as long as Worlds follow each other. It lets go of what no longer is in use. */
export function createPlanner(options: PlannerOptions = {}): Planner {
  const meshes = new Map<string, MeshPlanner>();
  return {
    plan(world, meshName, proxy) {
      const mesh = world.meshes.get(meshName);
      if (mesh?.mesh === undefined) {
        meshes.delete(meshName);
        return undefined;
      }
      const dataplane = mesh.dataplanes.get(proxy);
      if (dataplane === undefined) return undefined;
      let planner = meshes.get(meshName);
      if (planner === undefined) meshes.set(meshName, (planner = createMeshPlanner(options)));
      return planner(mesh, dataplane);
    },
  };
}

type MeshPlanner = (mesh: MeshWorld, dataplane: Dataplane) => ProxyPlan;

/** What is kept of one Dataplane for as long as it does not change. */
interface Remembered {
  readonly selectable: Selectable;
  readonly list: OutboundList;
  readonly senderTags: string;
  readonly places: readonly InboundPlace[];
  /** With and without passing on, each for proxies that are strict and not; undefined where nothing is redirected. */
  readonly captures: readonly CapturePlan[] | undefined;
  policies?: MeshIndex["policiesBySelector"];
  group?: PolicyGroup;
  resolved?: ResolvedOutbounds;
  mesh?: Mesh;
  inbounds?: readonly InboundPlan[];
  plan?: ProxyPlan;
}

interface PlannedOutbounds {
  readonly outbounds: readonly OutboundPlan[];
  readonly destinations: readonly DestinationPlan[];
}

function createMeshPlanner({ shadow = false, ...given }: PlannerOptions): MeshPlanner {
  const settings = { ...defaultPlanSettings, ...given };
  const destinations = createDestinations();
  const groupOf = createPolicyGroups(policyKinds.map(({ kind }) => kind), shadow);
  const destinationPlan = createDestinationPlans(policyKinds, settings);
  const inboundPlans = createInboundPlans(policyKinds, settings);
  const remembered = new WeakMap<Dataplane, Remembered>();
  const plannedOutbounds = rememberPairs((group: PolicyGroup, resolved: ResolvedOutbounds): PlannedOutbounds =>
    planOutbounds(resolved, (destination) => destinationPlan(group, destination)),
  );

  function memoryOf(dataplane: Dataplane): Remembered {
    let memory = remembered.get(dataplane);
    if (memory === undefined) remembered.set(dataplane, (memory = remember(dataplane, destinations)));
    return memory;
  }

  /** The same list for as long as what is said of what comes in, and the Mesh, stay the same. */
  function inboundsOf({ mesh }: MeshWorld, memory: Remembered, { inbound }: PolicyGroup, hasIdentity: boolean): readonly InboundPlan[] {
    if (memory.inbounds !== undefined && memory.group?.inbound === inbound && memory.mesh === mesh) return memory.inbounds;
    if (mesh === undefined) return [];
    memory.mesh = mesh;
    return (memory.inbounds = inboundPlans(mesh, memory.places, inbound, memory.inbounds, hasIdentity));
  }

  return (mesh, dataplane) => {
    const memory = memoryOf(dataplane);
    const policies = mesh.index.policiesBySelector;
    const group = memory.group !== undefined && memory.policies === policies ? memory.group : groupOf(mesh.index, memory.selectable);
    const resolved = destinations.resolve(mesh, memory.list);
    const identity = mesh.mesh === undefined ? undefined : planIdentity(mesh.mesh, dataplane);
    const inbounds = inboundsOf(mesh, memory, group, identity !== undefined);
    const capture = captureIn(mesh, dataplane, memory, inbounds);
    const before = memory.plan;
    const isOwnSame = before?.inbounds === inbounds && before.capture === capture && before.identity === identity;
    if (isOwnSame && memory.group === group && memory.resolved === resolved) {
      memory.policies = policies;
      return before;
    }
    const made = makePlan(dataplane, { senderTags: memory.senderTags, inbounds, capture, identity }, plannedOutbounds(group, resolved), [...unresolvedOutbounds(dataplane, resolved), ...directInboundNotices(dataplane)]);
    const plan = before !== undefined && samePlan(before, made) ? before : made;
    memory.policies = policies;
    memory.group = group;
    memory.resolved = resolved;
    memory.plan = plan;
    return plan;
  };
}

function remember(dataplane: Dataplane, destinations: Destinations): Remembered {
  return {
    selectable: outlineOf(dataplane).selectable,
    list: destinations.listOf(outlineOf(dataplane)),
    senderTags: senderTags(dataplane),
    places: deepFreeze(inboundPlaces(dataplane)),
    captures: capturesOf(dataplane),
  };
}

function capturesOf(dataplane: Dataplane): Remembered["captures"] {
  const plans = [true, false].flatMap((passthrough) => [false, true].flatMap((strict) => planCapture(dataplane, passthrough, strict) ?? []));
  return plans.length === 0 ? undefined : plans;
}

function captureIn({ mesh }: MeshWorld, dataplane: Dataplane, { captures }: Remembered, inbounds: readonly InboundPlan[]): CapturePlan | undefined {
  if (captures === undefined || mesh === undefined) return captures?.[0];
  const passthrough = allowsPassthrough(mesh);
  const strict = isStrict(mesh, inbounds);
  const refused = strict ? [] : strictPorts(inbounds);
  return refused.length > 0 ? planCapture(dataplane, passthrough, false, refused) : captures[(passthrough ? 0 : 2) + (strict ? 1 : 0)];
}

type OwnParts = Pick<ProxyPlan, "senderTags" | "inbounds"> & { readonly capture: CapturePlan | undefined; readonly identity: IdentityPlan | undefined };

function makePlan({ mesh, name: proxy }: Dataplane, { senderTags, inbounds, capture, identity }: OwnParts, planned: PlannedOutbounds, notices: readonly Notice[]): ProxyPlan {
  const { outbounds, destinations } = planned;
  const own = { ...(capture === undefined ? {} : { capture }), ...(identity === undefined ? {} : { identity }) };
  // Its parts are frozen where they are made.
  return Object.freeze({ mesh, proxy, senderTags, inbounds, outbounds, destinations, ...own, notices });
}

/** Of two plans of one Dataplane: where nothing is redirected, the listeners can only differ in what they lead to. */
function samePlan(a: ProxyPlan, b: ProxyPlan): boolean {
  if (a.capture !== b.capture || a.inbounds !== b.inbounds || a.identity !== b.identity) return false;
  if (a.outbounds === b.outbounds) return true;
  const leadsAlike = a.capture === undefined ? sameDestinations(a.outbounds, b.outbounds) : sameListsOfMany(a.outbounds, b.outbounds);
  const told = ({ notices }: ProxyPlan) => notices.map(({ message }) => message);
  return leadsAlike && sameElements(told(a), told(b));
}

function sameDestinations(a: readonly OutboundPlan[], b: readonly OutboundPlan[]): boolean {
  return a.length === b.length && a.every(({ destination }, i) => destination === b[i]?.destination);
}

/** Where connections are redirected, lists are long and the same for many proxies: compared once for all of them. */
const sameListsOfMany = rememberPairs((a: readonly OutboundPlan[], b: readonly OutboundPlan[]): boolean => {
  return sameDestinations(a, b) && a.every(({ listenAddress, listenPort }, i) => listenAddress === b[i]?.listenAddress && listenPort === b[i].listenPort);
});

function planOutbounds({ outbounds }: ResolvedOutbounds, planOf: (destination: Destination) => DestinationPlan): PlannedOutbounds {
  const byName = new Map<string, DestinationPlan>();
  const planned = outbounds.map(({ listen, destination }) => {
    const plan = planOf(destination);
    // Refs that are written differently may mean one destination: it is in the plan once.
    const first = byName.get(plan.name) ?? plan;
    byName.set(plan.name, first);
    return { listenAddress: listen.address, listenPort: listen.port, ...(listen.captured === true ? { captured: listen.captured } : {}), destination: first };
  });
  const destinations = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return deepFreeze({ outbounds: planned, destinations });
}
