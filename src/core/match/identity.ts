import { deepFreeze } from "../base/deep-freeze.ts";
import { labelOf } from "../base/labels.ts";
import { rememberPairs } from "../base/remember.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { labelNames } from "../model/label-names.ts";
import { enabledMtls } from "../model/mesh-mtls.ts";
import type { Mesh } from "../model/mesh.ts";
import type { IdentityPlan } from "../model/mesh-tls-plan.ts";
import { tagSetsOf } from "../model/selector-key.ts";
import { createInternTable } from "./intern-table.ts";

const interned = createInternTable<IdentityPlan>();
const servicesKnown = new WeakMap<Dataplane, readonly string[]>();

/**
 * By which services a proxy is known: those of its tags, else its label `kuma.io/workload` (Kuma 2.14). None: it has no identity, and
 * talks in plain text whatever its mesh says.
 */
export function identityServices(dataplane: Dataplane): readonly string[] {
  let services = servicesKnown.get(dataplane);
  if (services === undefined) servicesKnown.set(dataplane, (services = readServices(dataplane)));
  return services;
}

function readServices(dataplane: Dataplane): readonly string[] {
  const tagged = tagSetsOf(dataplane).flatMap((tags) => labelOf(tags, labelNames.service) ?? []);
  const workload = labelOf(dataplane.labels, labelNames.workload);
  const services = tagged.length > 0 || workload === undefined ? tagged : [workload];
  return Object.freeze([...new Set(services)].sort());
}

/** The name that a service has in certificates. */
export function serviceIdentity(mesh: string, service: string): string {
  return `spiffe://${mesh}/${service}`;
}

/** The name that a tag of a proxy has in its certificate. */
export function tagIdentity(tag: string, value: string): string {
  return `kuma://${tag}/${value}`;
}

/** Who a proxy is; undefined: its mesh has no mutual TLS, or there is nothing to call it by. Equal identities are one object. */
export const planIdentity = rememberPairs((mesh: Mesh, dataplane: Dataplane): IdentityPlan | undefined => {
  const enabled = enabledMtls(mesh);
  const services = identityServices(dataplane);
  if (enabled === undefined || services.length === 0) return undefined;
  const tags = tagSetsOf(dataplane).flatMap((set) => Object.entries(set).map(([tag, value]) => tagIdentity(tag, value)));
  const plan: IdentityPlan = {
    mesh: mesh.name,
    backend: enabled.backend.name,
    names: [...services.map((service) => serviceIdentity(mesh.name, service)), ...[...new Set(tags)].sort()],
    certificateLifetimeMs: enabled.certificateLifetimeMs,
  };
  return interned.intern(JSON.stringify(plan), () => deepFreeze(plan));
});
