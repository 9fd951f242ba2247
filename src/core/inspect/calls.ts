import { createDestinations } from "../match/destinations.ts";
import type { Destination } from "../match/destinations.ts";
import type { OutboundListen } from "../match/outbound-refs.ts";
import { outlineOf } from "../match/outline.ts";
import type { Target } from "../match/resolve-target.ts";
import type { Dataplane } from "../model/dataplane.ts";
import { kriOf } from "../model/kri.ts";
import { portName } from "../model/mesh-service.ts";
import type { MeshServicePort } from "../model/mesh-service.ts";
import type { MeshWorld } from "../model/world.ts";

/** An outbound of a Dataplane that leads somewhere. */
export interface Call {
  readonly listen: OutboundListen;
  readonly destination: Destination;
}

/** What a Dataplane calls, in the order of its outbounds; those that lead nowhere are left out. */
export function callsOf(mesh: MeshWorld, dataplane: Dataplane): readonly Call[] {
  const destinations = createDestinations();
  return destinations.resolve(mesh, destinations.listOf(outlineOf(dataplane))).outbounds;
}

/**
 * Texts by which a destination can be meant, the usual one first: its resource identifier, with the name or the number of the port
 * as section; the name that Envoy has for it. A service that only tags name has no identifier.
 */
export function identifiersOf({ target, facts }: Destination): readonly string[] {
  return [...resourceIdentifiers(target), facts.name];
}

function resourceIdentifiers(target: Target): readonly string[] {
  if (target.kind === "tagged") return [];
  const port = portOf(target);
  return [kriOf(target.service, sectionOf(target)), ...(port === undefined ? [] : [kriOf(target.service, String(port.port))])];
}

/** The service's port that is called; undefined where the target has no ports to choose from. */
export function portOf(target: Target): MeshServicePort | undefined {
  return target.kind === "service" ? target.port : undefined;
}

/** Name of the port; empty where there is none. */
export function sectionOf(target: Target): string {
  const port = portOf(target);
  return port === undefined ? "" : portName(port);
}
