import assert from "node:assert/strict";
import type { JsonSchema } from "../../src/core/base/json-schema.ts";
import { typeUrls } from "../../src/core/snapshot/snapshot.ts";
import type { EncodedResource } from "../../src/core/snapshot/snapshot.ts";
import { meshHealthCheckSchema } from "../../src/core/policy/mesh-health-check/schema.ts";
import type { Variant } from "../kit/ads-client.ts";
import { startControlPlane, subscribeLikeEnvoy } from "../kit/control-plane.ts";
import { healthCheck, smallWorld } from "../kit/small-world.ts";

const base = {
  interval: "10s", timeout: "2s", unhealthyThreshold: 3, healthyThreshold: 1,
  http: { path: "/" }, tcp: { send: "AA==", receive: ["AA=="] }, grpc: { serviceName: "x" },
};

/** Another value for each field of the conf. A field that is not here fails the test: say what to try it with. */
const edits: Readonly<Record<string, unknown>> = {
  interval: "11s", timeout: "3s", unhealthyThreshold: 4, healthyThreshold: 2, initialJitter: "1s", intervalJitter: "2s", intervalJitterPercent: 7,
  healthyPanicThreshold: 20, failTrafficOnPanic: true, noTrafficInterval: "5s", eventLogPath: "/tmp/events", alwaysLogHealthCheckFailures: true,
  reuseConnection: false, "tcp.disabled": true, "tcp.send": "AQ==", "tcp.receive": ["AQ=="], "http.disabled": true, "http.path": "/healthy",
  "http.requestHeadersToAdd.set": [{ name: "x-a", value: "1" }], "http.requestHeadersToAdd.add": [{ name: "x-b", value: "2" }],
  "http.expectedStatuses": [200, 204], "grpc.disabled": true, "grpc.serviceName": "y", "grpc.authority": "payment.local",
};

function leaves(schema: JsonSchema, path: string): readonly string[] {
  const inner = Object.entries(schema.properties ?? {});
  return inner.length === 0 ? [path] : inner.flatMap(([name, field]) => leaves(field, path === "" ? name : `${path}.${name}`));
}

function confSchema(): JsonSchema {
  return meshHealthCheckSchema.properties?.["to"]?.items?.properties?.["default"] ?? assert.fail("the schema has no conf");
}

function withValue(conf: object, path: readonly string[], value: unknown): object {
  const [first = "", ...rest] = path;
  const inner = (conf as Record<string, unknown>)[first];
  return { ...conf, [first]: rest.length === 0 ? value : withValue(typeof inner === "object" && inner !== null ? inner : {}, rest, value) };
}

for (const variant of ["sotw", "delta"] as const satisfies readonly Variant[]) {
  describe(`an edit of any field of a MeshHealthCheck, ${variant}`, () => {
    it("reaches the proxy's clusters and touches not a byte of its listeners and routes", async () => {
      const plane = await startControlPlane([...smallWorld(), healthCheck("all", base)]);
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      const bytesOf = (typeUrl: string): string => {
        const snapshot = plane.pipeline.connect({ mesh: "default", name: "web" }, () => undefined);
        const resources = [...(snapshot.snapshot()?.types.get(typeUrl)?.resources.values() ?? [])];
        snapshot.close();
        return resources.map(hex).join();
      };
      const [listeners, routes] = [bytesOf(typeUrls.listener), bytesOf(typeUrls.route)];
      const paths = leaves(confSchema(), "");
      assert.deepEqual([...paths].sort(), Object.keys(edits).sort());
      const policies = [
        ...paths.map((path) => [path, healthCheck("all", withValue(base, path.split("."), edits[path]))] as const),
        ["targetRef", healthCheck("all", base, { targetRef: { kind: "MeshSubset", tags: { team: "nobody" } } })] as const,
        ["to.targetRef", healthCheck("all", base, { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: base }] })] as const,
      ];
      for (const [path, policy] of policies) {
        for (const step of [policy, healthCheck("all", base)]) {
          await plane.store.put(step);
          await client.next("cds").catch(() => assert.fail(`the edit of ${path} does not reach the proxy`));
          assert.equal(bytesOf(typeUrls.listener), listeners, path);
          assert.equal(bytesOf(typeUrls.route), routes, path);
        }
      }
      const others = (await client.drain()).filter(({ type }) => type !== "eds");
      assert.deepEqual(others, []);
      await plane.stop();
    });
  });
}

function hex(resource: EncodedResource): string {
  const bytes = Buffer.alloc(resource.byteLength);
  resource.writeTo(bytes, 0);
  return bytes.toString("hex");
}
