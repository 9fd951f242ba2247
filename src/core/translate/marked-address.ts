import type { IpFamily } from "../model/plan.ts";
import type { ClusterJson } from "../proto/envoy/config/cluster/v3/cluster_pb.ts";

/** Whoever redirects leaves connections from these addresses alone (Kuma and Istio use the same). */
const marked: Readonly<Record<IpFamily, string>> = { IPv4: "127.0.0.6", IPv6: "::6" };

/** Makes a cluster's connections come from the address that is left alone, so that what goes to the app is not redirected to the proxy again. */
export function fromMarkedAddress(family: IpFamily): Pick<ClusterJson, "upstreamBindConfig"> {
  return { upstreamBindConfig: { sourceAddress: { address: marked[family], portValue: 0 } } };
}
