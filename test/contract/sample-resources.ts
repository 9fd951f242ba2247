import assert from "node:assert/strict";
import { withStoreLabels } from "../../src/core/model/store-labels.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { parseResource } from "../../src/core/policy/parse-resource.ts";

/** A valid resource from its document, with the labels that a store adds. */
export function resourceOf(document: unknown): Resource {
  const parsed = parseResource(document);
  assert.ok(parsed.ok, parsed.ok ? "" : JSON.stringify(parsed.violations));
  return withStoreLabels(parsed.resource);
}

/** A MeshHealthCheck that differs from others by its interval. */
export function policy(name: string, interval = "10s", mesh = "default"): Resource {
  return resourceOf(policyDocument(name, interval, mesh));
}

export function policyDocument(name: string, interval = "10s", mesh = "default"): unknown {
  const conf = { interval, timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1, tcp: {} };
  return { type: "MeshHealthCheck", mesh, name, spec: { targetRef: { kind: "Mesh" }, to: [{ targetRef: { kind: "Mesh" }, default: conf }] } };
}

export function mesh(name: string): Resource {
  return resourceOf({ type: "Mesh", name });
}

export function dataplane(name: string, address = "127.0.0.1", inMesh = "default"): Resource {
  const inbound = [{ port: 8080, tags: { "kuma.io/service": "backend", "kuma.io/protocol": "http" } }];
  return resourceOf({ type: "Dataplane", mesh: inMesh, name, networking: { address, inbound } });
}
