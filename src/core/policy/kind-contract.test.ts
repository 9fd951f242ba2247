import assert from "node:assert/strict";
import { fieldPath } from "../base/field-path.ts";
import type { JsonSchema } from "../base/json-schema.ts";
import { shortNameOf } from "../model/short-names.ts";
import type { Policy } from "../model/target-ref.ts";
import { defaultCompatibility } from "./compatibility.ts";
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

describe("every kind of policy", () => {
  for (const kind of policyKinds) {
    describe(kind.kind, () => {
      it("lives in a mesh, has targetRef and to, and its fields under spec", () => {
        assert.equal(policyKindNamed(kind.kind), kind);
        assert.equal(kind.scope, "Mesh");
        assert.equal(kind.fieldsAtTop, false);
        assert.deepEqual(Object.keys(kind.specSchema.properties ?? {}), ["targetRef", "to"]);
      });

      it("tells what is wrong in every place at once", () => {
        const bad = { targetRef: { kind: "MeshService" }, default: {} };
        const places = kind.validate({ targetRef: { kind: "MeshService" }, to: [bad, bad] }).map(({ path }) => path);
        for (const path of ["targetRef", "to[0].targetRef", "to[1].targetRef"]) assert.ok(places.includes(path), path);
      });

      it("plans an empty conf for every protocol, frozen, the same each time", () => {
        for (const protocol of ["http", "http2", "grpc", "tcp", "tls", "kafka", "mysql", "unknown"] as const) {
          const planned = kind.planConf({}, { protocol, compatibility: defaultCompatibility });
          assert.ok(Object.isFrozen(planned));
          assert.deepEqual(kind.planConf({}, { protocol, compatibility: defaultCompatibility }), planned);
        }
      });

      it("has nothing to tell of a policy that says nothing", () => {
        const policy: Policy = { kind: kind.kind, mesh: "default", name: "p", labels: {}, spec: {} };
        assert.deepEqual(kind.staticNotices(policy), []);
      });
    });
  }
});
