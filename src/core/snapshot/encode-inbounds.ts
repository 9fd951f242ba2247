import { decidingPolicies } from "../model/deciding-policies.ts";
import type { InboundPlan } from "../model/plan.ts";
import type { ResourceKey } from "../model/resource.ts";
import { ClusterSchema } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";
import { TypedExtensionConfigSchema } from "../proto/envoy/config/core/v3/extension_pb.ts";
import { ListenerSchema } from "../proto/envoy/config/listener/v3/listener_pb.ts";
import { RouteConfigurationSchema } from "../proto/envoy/config/route/v3/route_pb.ts";
import { localCluster } from "../translate/clusters.ts";
import { inboundListener } from "../translate/inbound-listeners.ts";
import { appRouteConfigName, inboundListenerName, isHttp, localClusterName } from "../translate/names.ts";
import { permissionsConfig, permissionsName } from "../translate/permissions.ts";
import { appRoutes } from "../translate/routes.ts";
import { encodeBytes, type EncodedBytes } from "./encoded-bytes.ts";
import { WeakValues } from "./weak-values.ts";

/** What comes to a proxy and where it goes, in bytes. */
export interface InboundParts {
  readonly listeners: readonly EncodedBytes[];
  readonly clusters: readonly EncodedBytes[];
  /** Of the inbounds that take HTTP. */
  readonly routes: readonly EncodedBytes[];
  /** Who may call, of the inbounds that have mutual TLS. */
  readonly permissions: readonly EncodedBytes[];
}

/**
 * Encodes inbounds: once for as long as the planner gives the same list, and what leads to the app, for which an address of the proxy's
 * own means nothing, once for all proxies whose apps are alike.
 */
export function createInboundEncoder(): { parts(inbounds: readonly InboundPlan[], mesh: string): InboundParts } {
  const known = new WeakMap<readonly InboundPlan[], InboundParts>();
  const encoded = new WeakValues<string, EncodedBytes>();

  function clusterOf(plan: InboundPlan, all: readonly InboundPlan[], mesh: string): EncodedBytes {
    const name = localClusterName(plan, all);
    return encoded.getOrMake(`cluster ${mesh} ${name} ${withoutPlace(plan)}`, () => encodeBytes(ClusterSchema, name, localCluster(plan, all), decidersOf(plan, mesh)));
  }

  function routesOf(plan: InboundPlan, all: readonly InboundPlan[], mesh: string): EncodedBytes {
    const name = appRouteConfigName(plan, all);
    return encoded.getOrMake(`routes ${mesh} ${name} ${withoutPlace(plan)}`, () => encodeBytes(RouteConfigurationSchema, name, appRoutes(plan, all), decidersOf(plan, mesh)));
  }

  return {
    parts(inbounds, mesh) {
      let parts = known.get(inbounds);
      if (parts === undefined) {
        parts = {
          listeners: inbounds.map((plan) => encodeBytes(ListenerSchema, inboundListenerName(plan), inboundListener(plan, inbounds), decidersOf(plan, mesh))),
          clusters: inbounds.map((plan) => clusterOf(plan, inbounds, mesh)),
          permissions: inbounds.filter(({ tls }) => tls !== undefined).map((plan) => permissionsOf(plan, mesh)),
          routes: inbounds.filter(({ protocol }) => isHttp(protocol)).map((plan) => routesOf(plan, inbounds, mesh)),
        };
        known.set(inbounds, parts);
      }
      return parts;
    },
  };
}

function permissionsOf(plan: InboundPlan, mesh: string): EncodedBytes {
  return encodeBytes(TypedExtensionConfigSchema, permissionsName(plan), permissionsConfig(plan), decidersOf(plan, mesh));
}

function decidersOf({ decidedBy }: InboundPlan, mesh: string): readonly ResourceKey[] {
  return decidedBy === undefined ? [] : decidingPolicies(decidedBy, mesh);
}

/** All that decides about a cluster or routes beside their name, as a text to find them by. */
function withoutPlace(plan: InboundPlan): string {
  return JSON.stringify({ ...plan, listenAddress: undefined, listenPort: undefined });
}
