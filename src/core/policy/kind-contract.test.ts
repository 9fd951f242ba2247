import assert from "node:assert/strict";
import { fieldPath } from "../base/field-path.ts";
import type { JsonSchema } from "../base/json-schema.ts";
import { shortNameOf } from "../model/short-names.ts";
import type { Mesh } from "../model/mesh.ts";
import type { Policy } from "../model/target-ref.ts";
import { noRules } from "./inbound-rules.ts";
import { defaultPlanSettings } from "./plan-settings.ts";
import { kindByPath, kindNamed, policyKindNamed, policyKinds, resourceKinds } from "./registry.ts";

/** Paths of all fields that say nothing about themselves. */
function undescribed(schema: JsonSchema, path: string): string[] {
  const own = schema.description === undefined || schema.description.length < 5 ? [path] : [];
  return [...own, ...undescribedBelow(schema, path)];
}

function undescribedBelow(schema: JsonSchema, path: string): string[] {
  const inItems = schema.items === undefined ? [] : undescribedBelow(schema.items, `${path}[]`);
  return [...inItems, ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => undescribed(field, fieldPath(path, name)))];
}

describe("every kind of resource", () => {
  for (const kind of resourceKinds) {
    describe(kind.kind, () => {
      it("is found by its name and by its path, and has names for people", () => {
        assert.equal(kindNamed(kind.kind), kind);
        assert.equal(kindByPath(kind.path), kind);
        assert.match(kind.path, /^[a-z]+(-[a-z]+)*$/);
        assert.equal(kind.shortName, shortNameOf(kind.kind));
        assert.notEqual(kind.shortName, kind.kind.toLowerCase());
        assert.equal(kind.singularDisplayName.replaceAll(" ", ""), kind.kind);
        assert.ok(kind.pluralDisplayName.length > kind.singularDisplayName.length);
      });

      it("describes every field", () => assert.deepEqual(undescribed(kind.specSchema, "spec"), []));

      it("has an object for a spec, and validates any JSON without throwing", () => {
        assert.equal(kind.specSchema.type, "object");
        for (const spec of [{}, [], null, 1, "x", { to: [null, 1] }, { networking: [] }, { ports: [{}] }]) kind.validate(spec);
      });
    });
  }

  it("has a name, a path and a short name of its own", () => {
    for (const field of ["kind", "path", "shortName"] as const) {
      assert.equal(new Set(resourceKinds.map((kind) => kind[field])).size, resourceKinds.length, field);
    }
  });
});

const mesh: Mesh = { kind: "Mesh", mesh: "default", name: "default", labels: {}, spec: {} };

describe("every kind of policy", () => {
  for (const kind of policyKinds) {
    describe(kind.kind, () => {
      it("lives in a mesh, has targetRef and the lists that it says, and its fields under spec", () => {
        assert.equal(policyKindNamed(kind.kind), kind);
        assert.equal(kind.scope, "Mesh");
        assert.equal(kind.fieldsAtTop, false);
        assert.deepEqual(Object.keys(kind.specSchema.properties ?? {}), ["targetRef", ...kind.lists]);
        assert.deepEqual([kind.outbound !== undefined, kind.inbound !== undefined], [kind.lists.includes("to"), kind.lists.includes("rules")]);
      });

      it("tells what is wrong in every place at once", () => {
        const bad = { targetRef: { kind: "MeshService" }, default: {} };
        for (const list of kind.lists.filter((name) => name !== "rules")) {
          const places = kind.validate({ targetRef: { kind: "Dataplane", name: "a", labels: { b: "c" } }, [list]: [bad, bad] }).map(({ path }) => path);
          for (const path of ["targetRef.labels", `${list}[0].targetRef`, `${list}[1].targetRef`]) assert.ok(places.some((place) => place.startsWith(path)), path);
        }
      });

      it("plans an empty conf for every protocol, frozen, the same each time", () => {
        for (const protocol of ["http", "http2", "grpc", "tcp", "tls", "kafka", "mysql", "unknown"] as const) {
          for (const plan of [() => kind.outbound?.planConf({}, { protocol, ...defaultPlanSettings }), () => kind.inbound?.planInbound(noRules, { mesh, protocol, ...defaultPlanSettings })]) {
            const planned = plan();
            assert.ok(Object.isFrozen(planned));
            assert.deepEqual(plan(), planned);
          }
        }
      });

      it("has nothing to tell of a policy that says nothing", () => {
        const policy: Policy = { kind: kind.kind, mesh: "default", name: "p", labels: {}, spec: {} };
        assert.deepEqual(kind.staticNotices(policy), []);
      });
    });
  }
});
