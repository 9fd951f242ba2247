import assert from "node:assert/strict";
import fc from "fast-check";
import { ModelClient } from "../../../test/kit/model-client.ts";
import type { Refuses } from "../../../test/kit/model-client.ts";
import { createSharingSnapshots, fakeSnapshot } from "../../../test/kit/fake-snapshot.ts";
import type { ShortType, Versions } from "../../../test/kit/fake-snapshot.ts";

const versions = (names: readonly string[]): fc.Arbitrary<Record<string, number>> =>
  fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 4 }), { maxKeys: names.length, noNullPrototype: true });

/** Every cluster has endpoints and every listener a route, as in a consistent snapshot. */
const snapshots: fc.Arbitrary<Versions> = fc
  .record({ cds: versions(["a", "b", "c", "d"]), lds: versions(["l", "m"]), eds: fc.integer({ min: 1, max: 3 }), rds: fc.integer({ min: 1, max: 3 }) })
  .map(({ cds, lds, eds, rds }) => ({
    cds,
    lds,
    eds: Object.fromEntries(Object.keys(cds).map((name) => [name, eds])),
    rds: Object.fromEntries(Object.keys(lds).map((name) => [name, rds])),
  }));

/** So many more of each type that what clients have in common is remembered for all of them. */
function crowded({ cds, eds, lds, rds }: Versions): Versions {
  const crowd = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`z${String(i)}`, 1]));
  const alike = Object.fromEntries(Object.keys(crowd).map((name) => [name, Object.values(eds ?? {})[0] ?? 1]));
  return { cds: { ...cds, ...crowd }, eds: { ...eds, ...alike }, lds: { ...lds, ...crowd }, rds: { ...rds, ...crowd } };
}

type Act = { readonly do: "snapshot"; readonly versions: Versions } | { readonly do: "to-client" | "to-server" | "reconnect" };

const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: snapshots.map((one): Act => ({ do: "snapshot", versions: one })) },
    { weight: 6, arbitrary: fc.constantFrom<Act>({ do: "to-client" }, { do: "to-server" }) },
    { weight: 1, arbitrary: fc.constant<Act>({ do: "reconnect" }) },
  ),
  { maxLength: 40 },
);

/** With snapshots that share what is equal, and with snapshots that share nothing. */
const makers = fc.boolean().map((sharing) => (sharing ? createSharingSnapshots() : fakeSnapshot));

function play(client: ModelClient, script: readonly Act[], first: Versions): Versions {
  let latest = first;
  client.snapshot(first);
  for (const act of script) {
    if (act.do === "snapshot") {
      latest = act.versions;
      client.snapshot(latest);
    } else if (act.do === "to-client") {
      client.toClient();
    } else if (act.do === "to-server") {
      client.toServer();
    } else {
      client.reconnect();
    }
  }
  client.settle();
  return latest;
}

function texts(of: Readonly<Record<string, number>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(of ?? {}).map(([name, version]) => [name, String(version)]));
}

const types: readonly ShortType[] = ["cds", "eds", "lds", "rds"];

for (const variant of ["sotw", "delta"] as const) {
  describe(`any conversation in ${variant}`, () => {
    it("ends with the client having the snapshot, every cluster warm, removals last, and nothing more to say", () => {
      fc.assert(
        fc.property(acts, snapshots, makers, fc.boolean(), (plain, small, snapshotOf, many) => {
          const script = plain.map((act) => (many && act.do === "snapshot" ? { ...act, versions: crowded(act.versions) } : act));
          const first = many ? crowded(small) : small;
          const client = new ModelClient(variant, undefined, snapshotOf);
          const latest = play(client, script, first);
          for (const type of types) {
            assert.deepEqual(Object.fromEntries([...client.state[type]].sort()), Object.fromEntries(Object.entries(texts(latest[type])).sort()), type);
          }
          assert.deepEqual([...client.cold], [], "clusters that wait for endpoints");
          assert.deepEqual(client.faults, []);
          client.snapshot(structuredClone(latest));
          assert.equal(client.toClient(), false, "nothing changed, yet something is sent");
        }),
        { numRuns: 400 },
      );
    });

    it("with a client that refuses some versions ends with all others up to date, and with these on record", () => {
      const isBad: Refuses = (type, name, version) => (type === "cds" && name < "c" && version === "3") || (type === "lds" && version === "4");
      fc.assert(
        fc.property(acts, snapshots, makers, (script, first, snapshotOf) => {
          const client = new ModelClient(variant, isBad, snapshotOf);
          const latest = play(client, script, first);
          const refused: string[] = [];
          for (const type of ["cds", "lds"] as const) {
            for (const [name, version] of Object.entries(texts(latest[type]))) {
              if (isBad(type, name, version)) {
                refused.push(name);
              } else {
                assert.equal(client.state[type].get(name), version, `${type} ${name}`);
              }
            }
            // What came beside something refused, just before a reconnection, delta clients have without saying so.
            const extra = [...(variant === "sotw" ? client.state : client.accepted)[type].keys()].filter((name) => !(name in (latest[type] ?? {})));
            assert.deepEqual(extra, [], `${type} that should be gone`);
          }
          assert.deepEqual(client.session.rejections.flatMap(({ resources }) => resources).sort(), refused.sort());
          assert.deepEqual([...client.cold].filter((name) => name in (latest.cds ?? {})), []);
          assert.deepEqual(client.faults, []);
        }),
        { numRuns: 400 },
      );
    });

    it("with a client that refuses everything ends", () => {
      fc.assert(
        fc.property(acts, snapshots, makers, (script, first, snapshotOf) => {
          const client = new ModelClient(variant, () => true, snapshotOf);
          play(client, script, first);
          assert.deepEqual(client.faults, []);
        }),
      );
    });
  });
}
