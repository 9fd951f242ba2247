import assert from "node:assert/strict";
import { asArray, asObject } from "../base/json.ts";
import { inboundPlan, proxyPlan } from "../../../test/kit/plans.ts";
import type { InboundPlan, Protocol } from "../model/plan.ts";
import { inconsistencies } from "../snapshot/consistent.ts";
import { inboundListener } from "./inbound-listeners.ts";
import { translate } from "./translate.ts";

function secured(mode: "strict" | "permissive", protocol: Protocol = "http"): InboundPlan {
  return inboundPlan({ protocol, tls: { mesh: "default", mode } });
}

function chains(inbound: InboundPlan): Record<string, unknown>[] {
  return (asArray(inboundListener(inbound, [inbound]).filterChains) ?? []).map((chain) => ({ ...asObject(chain) }));
}

/** Names of the filters of a chain; of HTTP also those inside. */
function filtersOf(chain: unknown): string[] {
  const filters = (asArray(asObject(chain)?.["filters"]) ?? []).map((filter) => asObject(filter) ?? {});
  return filters.flatMap((filter) => {
    const inside = (asArray(asObject(filter["typedConfig"])?.["httpFilters"]) ?? []).map((each) => String(asObject(each)?.["name"]));
    return [String(filter["name"]), ...inside].map((name) => name.replace("envoy.filters.", ""));
  });
}

describe("inbounds with mutual TLS, in Envoy's words", () => {
  it("take nothing else where they are strict", () => {
    const [ours, others, ...more] = chains(secured("strict"));
    assert.deepEqual(more, []);
    assert.deepEqual(ours?.["filterChainMatch"], { transportProtocol: "tls", applicationProtocols: ["kuma"] });
    assert.deepEqual(filtersOf(ours), ["network.http_connection_manager", "permissions:http:inbound:192.168.0.1:80", "http.router"]);
    assert.equal(others?.["filterChainMatch"], undefined);
    assert.deepEqual(others?.["transportSocket"], ours["transportSocket"], "what is no mutual TLS fails by its handshake");
  });

  it("take plain text and the app's own TLS as well where they are permissive, and know callers only by mutual TLS", () => {
    const found = chains(secured("permissive")).map((chain) => [chain["name"], chain["filterChainMatch"], chain["transportSocket"] !== undefined, filtersOf(chain)]);
    assert.deepEqual(found, [
      ["mutual-tls", { transportProtocol: "tls", applicationProtocols: ["kuma"] }, true, ["network.http_connection_manager", "permissions:http:inbound:192.168.0.1:80", "http.router"]],
      ["plain-text", { transportProtocol: "raw_buffer" }, false, ["network.http_connection_manager", "http.router"]],
      ["tls-of-the-app", { transportProtocol: "tls" }, false, ["network.tcp_proxy"]],
    ]);
  });

  it("keep the chain for proxies of the mesh as it is when the mode changes, so that nobody in it is drained", () => {
    for (const protocol of ["http", "tcp"] as const) {
      const [strict, permissive] = (["strict", "permissive"] as const).map((mode) => inboundListener(secured(mode, protocol), []));
      assert.deepEqual(strict?.filterChains?.[0], permissive?.filterChains?.[0]);
      assert.deepEqual({ ...strict, filterChains: [] }, { ...permissive, filterChains: [] }, "all that is around the chains too");
    }
  });

  it("let apps speak first, in plain text, that are no HTTP", () => {
    const listener = inboundListener(secured("permissive", "mysql"), []);
    assert.deepEqual([listener.listenerFiltersTimeout, listener.continueOnListenerFiltersTimeout], ["1s", true]);
    assert.deepEqual(filtersOf(listener.filterChains?.[0]), ["permissions:tcp:inbound:192.168.0.1:80", "network.tcp_proxy"]);
  });

  it("name secrets and permissions, which come by themselves", () => {
    const resources = translate(proxyPlan([], { inbounds: [secured("strict")] }));
    assert.deepEqual(inconsistencies(resources), []);
    const text = JSON.stringify(chains(secured("strict"))[0]?.["transportSocket"]);
    assert.match(text, /identity_cert:secret:default/);
    assert.match(text, /mesh_ca:secret:default/);
    assert.match(text, /"prefix":"spiffe:\/\/default\/"/);
    assert.match(text, /"requireClientCertificate":true/);
  });
});
