import assert from "node:assert/strict";
import { asObject } from "../../src/core/base/json.ts";
import type { JsonSchema } from "../../src/core/base/json-schema.ts";
import type { Resource } from "../../src/core/model/resource.ts";
import type { ConfList, PolicyKind } from "../../src/core/policy/kind.ts";
import { policyKinds } from "../../src/core/policy/registry.ts";
import { typeUrls } from "../../src/core/snapshot/snapshot.ts";
import type { EncodedResource, Snapshot } from "../../src/core/snapshot/snapshot.ts";
import type { Variant } from "../kit/ads-client.ts";
import { startControlPlane, subscribeLikeEnvoy } from "../kit/control-plane.ts";
import type { ControlPlane } from "../kit/control-plane.ts";
import { policyEdits } from "../kit/policy-edits.ts";
import type { PolicyEdits } from "../kit/policy-edits.ts";
import { healthCheck, resource, smallWorld } from "../kit/small-world.ts";
import { waitUntil } from "../kit/wait-until.ts";

function leaves(schema: JsonSchema, path: string): readonly string[] {
  const inner = Object.entries(schema.properties ?? {});
  return inner.length === 0 ? [path] : inner.flatMap(([name, field]) => leaves(field, path === "" ? name : `${path}.${name}`));
}

function confSchema(kind: PolicyKind, list: ConfList): JsonSchema {
  return kind.specSchema.properties?.[list]?.items?.properties?.["default"] ?? assert.fail("the schema has no conf");
}

function editsOf(kind: PolicyKind, list: ConfList): PolicyEdits {
  return policyEdits[`${kind.kind} ${list}`] ?? policyEdits[kind.kind] ?? assert.fail(`say in policy-edits.ts what to try a ${kind.kind} with`);
}

/** @param value undefined: without the field, and without the block that it was alone in. */
function withValue(conf: object, path: readonly string[], value: unknown): object {
  const [first = "", ...rest] = path;
  const { [first]: inner, ...others } = conf as Readonly<Record<string, unknown>>;
  const changed = rest.length === 0 ? value : withValue(asObject(inner) ?? {}, rest, value);
  const isLeft = changed !== undefined && (value !== undefined || Object.keys(asObject(changed) ?? { it: "is no block" }).length > 0);
  return isLeft ? { ...others, [first]: changed } : others;
}

function policyOf(kind: string, list: ConfList, conf: object, spec: object = {}): Resource {
  const referring = list === "rules" ? {} : { targetRef: { kind: "Mesh" } };
  return resource({ type: kind, mesh: "default", name: "all", spec: { targetRef: { kind: "Mesh" }, [list]: [{ ...referring, default: conf }], ...spec } });
}

/** What a policy may say that is not for the whole mesh: versions and ciphers of a MeshTLS are. */
function selectable(kind: PolicyKind, conf: object): object {
  return kind.kind === "MeshTLS" ? { mode: "Strict" } : conf;
}

describe("the edits that are tried", () => {
  for (const kind of policyKinds) {
    for (const list of kind.lists) {
      it(`are those of every field of ${kind.kind}'s ${list}`, () => {
        assert.deepEqual(Object.keys(editsOf(kind, list).edits).sort(), [...leaves(confSchema(kind, list), "")].sort());
      });
    }
  }
});

for (const variant of ["sotw", "delta"] as const satisfies readonly Variant[]) {
  describe(`an edit of any field of a MeshHealthCheck, ${variant}`, () => {
    it("reaches the proxy's clusters and touches not a byte of its listeners and routes", async () => {
      const { base, edits } = policyEdits["MeshHealthCheck"] ?? assert.fail();
      const plane = await startControlPlane([...smallWorld(), healthCheck("all", base)]);
      const client = plane.open(variant);
      await subscribeLikeEnvoy(client);
      const proxy = connect(plane);
      const [listeners, routes] = [proxy.bytesOf(typeUrls.listener), proxy.bytesOf(typeUrls.route)];
      const policies = [
        ...Object.entries(edits).map(([path, value]) => [path, healthCheck("all", withValue(base, path.split("."), value))] as const),
        ["targetRef", healthCheck("all", base, { targetRef: { kind: "MeshSubset", tags: { team: "nobody" } } })] as const,
        ["to.targetRef", healthCheck("all", base, { to: [{ targetRef: { kind: "MeshService", name: "backend" }, default: base }] })] as const,
      ];
      for (const [path, policy] of policies) {
        for (const step of [policy, healthCheck("all", base)]) {
          await plane.store.put(step);
          await client.next("cds").catch(() => assert.fail(`the edit of ${path} does not reach the proxy`));
          assert.equal(proxy.bytesOf(typeUrls.listener), listeners, path);
          assert.equal(proxy.bytesOf(typeUrls.route), routes, path);
        }
      }
      const others = (await client.drain()).filter(({ type }) => type !== "eds");
      assert.deepEqual(others, []);
      proxy.close();
      await plane.stop();
    });
  });
}

describe("an edit of any policy", () => {
  const backends = [{ name: "ca", type: "builtin" }];
  let plane: ControlPlane;
  let proxy: ReturnType<typeof connect>;

  before(async () => {
    plane = await startControlPlane([...smallWorld(), resource({ type: "Mesh", name: "default", mtls: { enabledBackend: "ca", backends } })]);
    proxy = connect(plane);
    await waitUntil("the proxy has mutual TLS", () => proxy.bytesOf(typeUrls.extension) !== "");
  });
  after(async () => {
    proxy.close();
    await plane.stop();
  });

  /** Stores the policy and waits for what comes of it. */
  async function reach(policy: Resource, what: string): Promise<string> {
    const before = proxy.allBytes();
    await plane.store.put(policy);
    await waitUntil(`the edit of ${what} reaches the proxy`, () => proxy.allBytes() !== before, { everyMs: 2, giveUpMs: 20_000 });
    return proxy.bytesOf(typeUrls.listener);
  }

  for (const kind of policyKinds) {
    for (const list of kind.lists) {
      const { base, edits, inListener } = editsOf(kind, list);
      const exceptions = inListener.length === 0 ? "" : `, except ${inListener.join(", ")}`;
      it(`of kind ${kind.kind}, in ${list}, reaches the proxy and touches not a byte of its listeners${exceptions}`, async () => {
        let listeners = await reach(policyOf(kind.kind, list, base), "everything");
        for (const [path, value] of Object.entries(edits)) {
          const edited = await reach(policyOf(kind.kind, list, withValue(base, path.split("."), value)), path);
          if (!inListener.includes(path)) assert.equal(edited, listeners, path);
          listeners = await reach(policyOf(kind.kind, list, base), `${path} back`);
        }
        const others = inListener.reduce((conf, path) => withValue(conf, path.split("."), undefined), base);
        if (inListener.length > 0 && Object.keys(others).length > 0) listeners = await reach(policyOf(kind.kind, list, others), "what is not in listeners");
        const nobody = await reach(policyOf(kind.kind, list, selectable(kind, base), { targetRef: { kind: "MeshSubset", tags: { team: "nobody" } } }), "whom it selects");
        if (Object.keys(others).length > 0) assert.equal(nobody, listeners);
      });
    }
  }

  it("that names callers touches no listener", async () => {
    const rules = [{ default: { http: { requestTimeout: "3s" } } }];
    const matches = [{ spiffeID: { type: "Prefix", value: "spiffe://default/w" } }];
    const listeners = await reach(policyOf("MeshTimeout", "rules", {}, { rules }), "what holds for all");
    const named = policyOf("MeshTimeout", "rules", {}, { rules: [...rules, { matches, default: { http: { requestTimeout: "1s" } } }] });
    assert.equal(await reach(named, "callers"), listeners);
  });
});

/** What the proxy `web` is to have. */
function connect(plane: ControlPlane): { bytesOf(typeUrl: string): string; allBytes(): string; close(): void } {
  const connection = plane.pipeline.connect({ mesh: "default", name: "web" }, () => undefined);
  const now = (): Snapshot => connection.snapshot() ?? assert.fail("there is no snapshot");
  const bytesOf = (typeUrl: string): string => [...(now().types.get(typeUrl)?.resources.values() ?? [])].map(hex).join();
  return {
    bytesOf,
    allBytes: () => [...now().types].map(([typeUrl, { resources }]) => `${typeUrl} ${[...resources.values()].map(hex).join()}`).join("\n"),
    close: () => { connection.close(); },
  };
}

function hex(resource: EncodedResource): string {
  const bytes = Buffer.alloc(resource.byteLength);
  resource.writeTo(bytes, 0);
  return bytes.toString("hex");
}
