import type { DestinationPlan, ProxyPlan } from "../core/model/plan.ts";

/** A plan to print: each destination once, outbounds name theirs, private keys left out. */
export function planView({ outbounds, destinations, ...plan }: ProxyPlan): object {
  return {
    ...plan,
    destinations: destinations.map(withoutPrivateKey),
    outbounds: outbounds.map(({ destination, ...listener }) => ({ ...listener, destination: destination.name })),
  };
}

function withoutPrivateKey(destination: DestinationPlan): object {
  const { external } = destination;
  if (external?.tls?.client === undefined) return destination;
  const client = { ...external.tls.client, privateKey: "(not shown)" };
  return { ...destination, external: { ...external, tls: { ...external.tls, client } } };
}
