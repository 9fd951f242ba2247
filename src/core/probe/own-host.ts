import { asArray, asObject, asString } from "../base/json.ts";
import { isLoopback } from "../model/valid-address.ts";
import type { PodTemplate } from "./pod-spec.ts";

/** Addresses on which a program listens that means all of its own. */
const anyOwn = ["0.0.0.0", "::"];

/** True for a probe's host that can only mean the pod itself: the agent asks there anyway. */
export function isOwnHost(host: string, pod: PodTemplate): boolean {
  const bare = host.trim().toLowerCase().replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  return isLoopback(bare) || anyOwn.includes(bare) || addressesOf(pod).includes(bare);
}

/** The addresses of a pod that runs already; one that is about to be made has none. */
function addressesOf(pod: PodTemplate): readonly string[] {
  const status = asObject(pod["status"]);
  const others = (asArray(status?.["podIPs"]) ?? []).map((each) => asObject(each)?.["ip"]);
  return [status?.["podIP"], ...others].flatMap((ip) => asString(ip)?.toLowerCase() ?? []);
}
