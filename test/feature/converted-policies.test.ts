import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { convertDocuments } from "../../src/core/convert/convert-documents.ts";
import { defaultConvertSettings } from "../../src/core/convert/settings.ts";
import { createDerivation } from "../../src/core/kubernetes/derivation.ts";
import { createPlanner } from "../../src/core/match/planner.ts";
import { applyChanges, emptyWorld } from "../../src/core/model/apply-changes.ts";
import type { DestinationPlan, InboundPlan, ProxyPlan } from "../../src/core/model/plan.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import { withStoreLabels } from "../../src/core/model/store-labels.ts";
import { parseResource } from "../../src/core/policy/parse-resource.ts";
import { readDocuments } from "../../src/edge/source/read-documents.ts";
import { meshNamespace, namespaceObject, podObject, serviceObject } from "../kit/kube-objects.ts";
import { meshNamed } from "../kit/resources.ts";

const there = <T>(...changed: readonly T[]) => ({ changed, removed: [] });
const ports = [
  { name: "http", port: 80, targetPort: 8080, appProtocol: "http" },
  { name: "admin", port: 9090, targetPort: "admin", appProtocol: "http" },
];

/** Three namespaces, each with a pod; that of `prod` has the service ratings with two ports, both of a name. */
function clusterResources(): readonly Resource[] {
  const { changed } = createDerivation().apply({
    namespaces: there(meshNamespace("prod"), meshNamespace("shop"), meshNamespace("other"), namespaceObject("probeplane-system")),
    services: there(serviceObject("prod", "ratings", { ports }), serviceObject("shop", "web", { addresses: ["10.96.0.2"] }), serviceObject("other", "job", { addresses: ["10.96.0.3"] })),
    pods: there(
      podObject("prod", "ratings-1", { labels: { app: "ratings" }, ip: "10.0.0.1", ports: [{ name: "http", containerPort: 8080 }, { name: "admin", containerPort: 9091 }] }),
      podObject("shop", "web-1", { labels: { app: "web" }, ip: "10.0.0.2" }),
      podObject("other", "job-1", { labels: { app: "job" }, ip: "10.0.0.3" }),
    ),
  });
  return changed;
}

/** Plans of the cluster's proxies with what comes of Istio's objects. */
function converted(text: string): (proxy: string) => ProxyPlan {
  const documents = readDocuments(text, "in").map((document) => {
    assert.ok(document.ok);
    return document;
  });
  const { mesh, sources, problems } = convertDocuments(documents, defaultConvertSettings);
  assert.deepEqual(problems, []);
  const policies = [...(mesh === undefined ? [] : [mesh.object]), ...sources.flatMap((source) => source.policies)].map((object) => {
    const parsed = parseResource(object);
    assert.ok(parsed.ok);
    return withStoreLabels(parsed.resource);
  });
  const all = [...(mesh === undefined ? [meshNamed()] : []), ...policies, ...clusterResources()];
  const world = applyChanges(emptyWorld, all.map((after) => ({ key: after, after })));
  const planner = createPlanner();
  return (proxy) => {
    const plan = planner.plan(world, "default", proxy);
    assert.ok(plan);
    return plan;
  };
}

function destination(plan: ProxyPlan, displayName: string): DestinationPlan {
  const found = plan.destinations.find((each) => each.displayName === displayName);
  assert.ok(found, plan.destinations.map((each) => each.displayName).join());
  return found;
}

function inbound(plan: ProxyPlan, port: number): InboundPlan {
  const found = plan.inbounds.find(({ listenPort }) => listenPort === port);
  assert.ok(found);
  return found;
}

async function golden(name: string): Promise<string> {
  return await readFile(path.join(fileURLToPath(new URL("../golden/conversions", import.meta.url)), name, "in.yaml"), "utf8");
}

const rule = (namespace: string, spec: object): string => JSON.stringify({ apiVersion: "networking.istio.io/v1", kind: "DestinationRule", metadata: { name: "ratings", namespace }, spec });
const idle = (idleTimeout: string): object => ({ connectionPool: { tcp: { idleTimeout } } });

describe("what comes of Istio's objects", () => {
  it("has every caller of ratings try again as the guide's VirtualService says", async () => {
    const planOf = converted(await golden("guide-retries"));
    for (const caller of ["web-1.shop", "job-1.other"]) {
      const { retry } = destination(planOf(caller), "ratings:80");
      assert.deepEqual(retry?.requests, [
        {
          conditions: ["connect-failure", "refused-stream", "unavailable", "cancelled", "reset", "retriable-status-codes"],
          statuses: [503],
          retries: 2,
          avoidPreviousHosts: true,
          hostSelectionAttempts: 5,
        },
      ]);
    }
    assert.notDeepEqual(destination(planOf("web-1.shop"), "job:80").retry, destination(planOf("web-1.shop"), "ratings:80").retry);
  });

  it("has callers and ratings' own proxy close idle connections as the guide's DestinationRule says", async () => {
    const planOf = converted(await golden("guide-idle-timeout"));
    const halfAnHourMs = 1_800_000;
    for (const caller of ["web-1.shop", "job-1.other"]) assert.equal(destination(planOf(caller), "ratings:80").timeouts?.idleMs, halfAnHourMs);
    assert.equal(inbound(planOf("ratings-1.prod"), 8080).timeouts?.idleMs, halfAnHourMs);
    assert.notEqual(inbound(planOf("web-1.shop"), 8080).timeouts?.idleMs, halfAnHourMs);
  });

  it("has what is said of a port hold there alone, for callers and for the app's own proxy", () => {
    const planOf = converted(rule("prod", { host: "ratings", trafficPolicy: { ...idle("20s"), portLevelSettings: [{ port: { number: 9090 }, ...idle("5s") }] } }));
    assert.deepEqual(["ratings:80", "ratings:9090"].map((name) => destination(planOf("web-1.shop"), name).timeouts?.idleMs), [20_000, 5_000]);
    assert.deepEqual([8080, 9091].map((port) => inbound(planOf("ratings-1.prod"), port).timeouts?.idleMs), [20_000, 5_000]);
  });

  it("has a rule of another namespace hold for the callers there, before that of the service's own", () => {
    const host = "ratings.prod.svc.cluster.local";
    const texts = [rule("prod", { host, trafficPolicy: idle("20s") }), rule("shop", { host, trafficPolicy: idle("3s") }), rule("istio-system", { host: "*.local", trafficPolicy: idle("60s") })];
    const planOf = converted(texts.join("\n---\n"));
    assert.deepEqual(["web-1.shop", "job-1.other"].map((caller) => destination(planOf(caller), "ratings:80").timeouts?.idleMs), [3_000, 20_000]);
    assert.equal(destination(planOf("job-1.other"), "web:80").timeouts?.idleMs, 60_000);
    assert.equal(inbound(planOf("ratings-1.prod"), 8080).timeouts?.idleMs, 20_000);
  });

  it("has PeerAuthentications hold for mesh, namespace, workload and port", () => {
    const authentication = (namespace: string, spec: object): string => {
      return JSON.stringify({ apiVersion: "security.istio.io/v1", kind: "PeerAuthentication", metadata: { name: `of-${namespace}`, namespace }, spec });
    };
    const planOf = converted([
      authentication("istio-system", { mtls: { mode: "STRICT" } }),
      authentication("other", { mtls: { mode: "PERMISSIVE" } }),
      authentication("prod", { selector: { matchLabels: { app: "ratings" } }, mtls: { mode: "STRICT" }, portLevelMtls: { 9091: { mode: "DISABLE" } } }),
    ].join("\n---\n"));
    const modeOf = (proxy: string, port: number): unknown => inbound(planOf(proxy), port).tls?.mode;
    assert.deepEqual([modeOf("web-1.shop", 8080), modeOf("job-1.other", 8080), modeOf("ratings-1.prod", 8080), modeOf("ratings-1.prod", 9091)], ["strict", "permissive", "strict", "permissive"]);
  });

  it("has checks of an EnvoyFilter made by the workloads that it selects", () => {
    const filter = {
      apiVersion: "networking.istio.io/v1alpha3",
      kind: "EnvoyFilter",
      metadata: { name: "checks", namespace: "shop" },
      spec: {
        workloadSelector: { labels: { app: "web" } },
        configPatches: [{
          applyTo: "CLUSTER",
          match: { context: "SIDECAR_OUTBOUND", cluster: { service: "ratings.prod.svc.cluster.local", portNumber: 80 } },
          patch: { operation: "MERGE", value: { health_checks: [{ timeout: "1s", interval: "2s", unhealthy_threshold: 3, healthy_threshold: 1, http_health_check: { path: "/live" } }] } },
        }],
      },
    };
    const planOf = converted(JSON.stringify(filter));
    const checkOf = (proxy: string, service: string): unknown => destination(planOf(proxy), service).healthCheck?.intervalMs;
    assert.deepEqual([checkOf("web-1.shop", "ratings:80"), checkOf("web-1.shop", "ratings:9090"), checkOf("job-1.other", "ratings:80")], [2_000, undefined, undefined]);
  });
});
