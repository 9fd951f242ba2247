import type { ProxyPlan } from "../core/model/plan.ts";

/** A plan to print: each destination once, outbounds name theirs. */
export function planView({ outbounds, ...plan }: ProxyPlan): object {
  return { ...plan, outbounds: outbounds.map(({ destination, ...listener }) => ({ ...listener, destination: destination.name })) };
}
