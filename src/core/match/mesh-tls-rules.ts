import type { Map as ImmutableMap } from "immutable";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import type { TlsParametersPlan } from "../model/mesh-tls-plan.ts";
import type { Policy } from "../model/target-ref.ts";
import type { MeshWorld } from "../model/world.ts";
import type { MeshTlsConf } from "../policy/mesh-tls/conf.ts";
import { tlsParameters } from "../policy/mesh-tls/plan.ts";
import { compareEntries, entriesOf, isForInbound } from "./inbound-entries.ts";
import type { RankedEntry } from "./inbound-entries.ts";
import { mergeConfs } from "./merge-confs.ts";
import { isShadow, selects } from "./select-policies.ts";

/** What MeshTLS policies say to those who call: they are no part of who is called, but have to be known there. */
export interface MeshTlsRules {
  /** Mode of an inbound as policies say it; undefined: they do not. */
  modeOf(dataplane: Dataplane, inbound: Inbound): MeshTlsConf["mode"];
  /** Of policies for the whole mesh. */
  readonly parameters: TlsParametersPlan;
  /** Names of the policies that they are from, sorted. */
  readonly parametersFrom: readonly string[];
}

type Policies = ImmutableMap<string, Policy>;

const noRules: MeshTlsRules = { modeOf: () => undefined, parameters: {}, parametersFrom: [] };
const known = new WeakMap<Policies, MeshTlsRules>();

/** The policies that `meshTlsRules` reads: while they are the same object, so are the rules. */
export function meshTlsPolicies({ policies }: MeshWorld): Policies | undefined {
  return policies.get("MeshTLS");
}

export function meshTlsRules(mesh: MeshWorld): MeshTlsRules {
  const policies = meshTlsPolicies(mesh);
  if (policies === undefined) return noRules;
  let rules = known.get(policies);
  if (rules === undefined) known.set(policies, (rules = readRules(policies)));
  return rules;
}

function readRules(policies: Policies): MeshTlsRules {
  const entries = [...policies.values()].filter((policy) => !isShadow(policy)).flatMap(entriesOf).sort(compareEntries);
  const moded = entries.filter(({ item }) => confOf(item).mode !== undefined).reverse();
  const { conf, decidedBy } = mergeConfs(entries.filter(({ policy }) => isForAll(policy)));
  const deciders = Object.entries(decidedBy).flatMap(([path, { policy }]) => (path === "mode" ? [] : [policy]));
  return {
    modeOf(dataplane, inbound) {
      const entry = moded.find(({ policy }) => selects(policy, dataplane) && isForInbound(policy, inbound));
      return entry === undefined ? undefined : confOf(entry.item).mode;
    },
    parameters: tlsParameters(conf),
    parametersFrom: [...new Set(deciders)].sort(),
  };
}

function confOf(item: RankedEntry["item"]): MeshTlsConf {
  return item.default ?? {};
}

/** Versions and ciphers stand only in such policies; delegated gateways call as everyone does. */
function isForAll({ spec }: Policy): boolean {
  return (spec.targetRef?.kind ?? "Mesh") === "Mesh" && spec.targetRef?.proxyTypes?.includes("Sidecar") !== false;
}
