import assert from "node:assert/strict";
import type { Dataplane, Inbound } from "../model/dataplane.ts";
import { proxyStatus } from "./proxy-status.ts";

function dataplane(...inbound: readonly Inbound[]): Dataplane {
  return { kind: "Dataplane", mesh: "m", name: "p", labels: {}, spec: { networking: { address: "10.0.0.1", inbound } } };
}

const ready: Inbound = { port: 1 };
const notReady: Inbound = { port: 2, state: "NotReady" };
const unhealthy: Inbound = { port: 3, health: {} };
const ignored: Inbound = { port: 4, state: "Ignored" };

describe("the status of a proxy", () => {
  for (const [what, inbounds, isConnected, status] of [
    ["without a stream", [ready], false, "Offline"],
    ["that calls only", [], true, "Online"],
    ["with everything ready", [ready, { ...ready, health: { ready: true } }], true, "Online"],
    ["with one that is not", [ready, notReady], true, "PartiallyDegraded"],
    ["with one that is not healthy", [unhealthy, ready], true, "PartiallyDegraded"],
    ["with none ready", [notReady, unhealthy], true, "Offline"],
    ["with one that does not count", [ready, ignored], true, "Online"],
  ] as const) {
    it(`${what} is ${status}`, () => assert.equal(proxyStatus(dataplane(...inbounds), isConnected), status));
  }
});
