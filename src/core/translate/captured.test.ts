import assert from "node:assert/strict";
import type { CapturePlan } from "../model/plan.ts";
import { capturingListeners } from "./captured.ts";

describe("listeners where redirected connections arrive", () => {
  const plan: CapturePlan = { inboundPort: 15006, outboundPort: 15001, families: ["IPv4"], passthrough: true };

  /** Port and cluster of each filter chain. */
  function chains(capture: CapturePlan): unknown[] {
    return capturingListeners(capture).map(({ filterChains = [] }) => filterChains.map(({ filterChainMatch, filters = [] }) => {
      return [filterChainMatch?.destinationPort ?? "other", (filters[0]?.typedConfig as { readonly cluster?: unknown } | undefined)?.cluster];
    }));
  }

  it("refuse calls of themselves and of ports that are not to be passed on, and pass on the others", () => {
    const outbound = [[15001, "captured:nowhere"], ["other", "outbound:passthrough:ipv4"]];
    const passed = ["other", "inbound:passthrough:ipv4"];
    assert.deepEqual(chains(plan), [[[15006, "captured:nowhere"], passed], outbound]);
    assert.deepEqual(chains({ ...plan, refusedPorts: [80, 443] }), [[[15006, "captured:nowhere"], [80, "captured:nowhere"], [443, "captured:nowhere"], passed], outbound]);
    assert.deepEqual(chains({ ...plan, refusesUndeclared: true })[0], [[15006, "captured:nowhere"], ["other", "captured:nowhere"]]);
  });

  it("have no two chains for one port, which Envoy would refuse", () => {
    assert.deepEqual(chains({ ...plan, refusedPorts: [15006] }), chains(plan));
  });
});
