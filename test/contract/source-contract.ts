import assert from "node:assert/strict";
import { keyText } from "../../src/core/model/resource.ts";
import type { Resource, ResourceKey } from "../../src/core/model/resource.ts";
import type { Source, SourceEvent } from "../../src/edge/source/port.ts";
import { record, type Recorder } from "./recorder.ts";
import { dataplane, mesh, policy } from "./sample-resources.ts";

/** A source under test, and how somebody changes what it reads. */
export interface SourceFixture {
  readonly source: Source;
  put(resource: Resource): Promise<void>;
  remove(key: ResourceKey): Promise<void>;
  /** Closes the source and takes everything away. */
  dispose(): Promise<void>;
}

/** What every source does, whatever it reads from. */
export function sourceContract(name: string, open: () => Promise<SourceFixture>): void {
  describe(`source contract: ${name}`, () => {
    let fixture: SourceFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(async () => {
      await fixture.dispose();
    });

    it("tells first one state with everything there is", async () => {
      await fixture.put(mesh("default"));
      await fixture.put(policy("a"));
      await fixture.put(dataplane("web-1"));
      const events = record(fixture.source.events);
      await events.until((told) => told.length > 0);
      const [first] = events.told;
      assert.ok(first?.type === "state");
      assert.deepEqual(texts(first.resources), ["Dataplane/default/web-1", "Mesh//default", "MeshHealthCheck/default/a"]);
    });

    it("tells what is made, changed and removed, each once, in order", async () => {
      await fixture.put(mesh("default"));
      const events = record(fixture.source.events);
      await events.until((told) => told.length > 0);
      await fixture.put(policy("a", "10s"));
      await lastIs(events, "MeshHealthCheck/default/a", "10s");
      await fixture.put(policy("a", "20s"));
      await lastIs(events, "MeshHealthCheck/default/a", "20s");
      await fixture.remove(policy("a"));
      await events.until((told) => changesOf(told).some(({ removed }) => removed.length > 0));
      assert.deepEqual(changesOf(events.told).map(described), ["MeshHealthCheck/default/a=10s", "MeshHealthCheck/default/a=20s", "-MeshHealthCheck/default/a"]);
    });

    it("tells nothing when nothing changes in meaning", async () => {
      await fixture.put(mesh("default"));
      const events = record(fixture.source.events);
      await events.until((told) => told.length > 0);
      await fixture.put(policy("a"));
      await lastIs(events, "MeshHealthCheck/default/a", "10s");
      await fixture.put(policy("a"));
      await fixture.put(policy("z"));
      await lastIs(events, "MeshHealthCheck/default/z", "10s");
      assert.equal(changesOf(events.told).flatMap(({ changed }) => changed).filter((resource) => resource.name === "a").length, 1);
    });

    it("tells who comes later the present state, and then the same changes", async () => {
      await fixture.put(mesh("default"));
      const early = record(fixture.source.events);
      await early.until((told) => told.length > 0);
      await fixture.put(policy("a"));
      await lastIs(early, "MeshHealthCheck/default/a", "10s");
      const late = record(fixture.source.events);
      await late.until((told) => told.length > 0);
      const [first] = late.told;
      assert.ok(first?.type === "state");
      assert.ok(texts(first.resources).includes("MeshHealthCheck/default/a"));
      await fixture.put(policy("b"));
      await lastIs(late, "MeshHealthCheck/default/b", "10s");
      await lastIs(early, "MeshHealthCheck/default/b", "10s");
      assert.deepEqual(changesOf(late.told).map(described), ["MeshHealthCheck/default/b=10s"]);
    });

    it("gives frozen resources with times", async () => {
      await fixture.put(mesh("default"));
      await fixture.put(policy("a"));
      const events = record(fixture.source.events);
      await events.until((told) => told.length > 0);
      const [first] = events.told;
      assert.ok(first?.type === "state");
      const found = first.resources.find(({ kind }) => kind === "MeshHealthCheck");
      assert.ok(found !== undefined && Object.isFrozen(found) && Object.isFrozen(found.spec) && Object.isFrozen(found.labels));
      assert.match(found.creationTime ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.match(found.modificationTime ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it("tells problems and notices whole, at once, empty when there are none", async () => {
      await fixture.put(mesh("default"));
      const events = record(fixture.source.events);
      await events.until((told) => told.length > 0);
      assert.deepEqual(record(fixture.source.problems).told, [[]]);
      assert.deepEqual(record(fixture.source.notices).told, [[]]);
    });

    it("ends everything when it is closed, and may be closed twice", async () => {
      await fixture.put(mesh("default"));
      const all = [record(fixture.source.events), record(fixture.source.problems), record(fixture.source.notices)];
      await fixture.source.close();
      await fixture.source.close();
      assert.deepEqual(all.map(({ completed }) => completed), [true, true, true]);
    });
  });
}

type ChangeEvent = Extract<SourceEvent, { readonly type: "change" }>;

function changesOf(events: readonly SourceEvent[]): readonly ChangeEvent[] {
  return events.filter((event) => event.type === "change");
}

function texts(resources: readonly Resource[]): string[] {
  return resources.map(keyText);
}

/** Resolves when the newest telling about a key has this interval. */
async function lastIs(events: Recorder<SourceEvent>, key: string, interval: string): Promise<void> {
  await events.until((told) => {
    const about = changesOf(told).flatMap(({ changed }) => changed).filter((resource) => keyText(resource) === key);
    const last = about.at(-1);
    return last !== undefined && intervalOf(last) === interval;
  });
}

function described({ changed, removed }: ChangeEvent): string {
  return [...changed.map((resource) => `${keyText(resource)}=${intervalOf(resource)}`), ...removed.map((key) => `-${keyText(key)}`)].join(" ");
}

/** The interval of a policy that `policy` made. */
export function intervalOf(resource: Resource): string {
  const spec = resource.spec as { readonly to?: readonly { readonly default?: { readonly interval?: string } }[] };
  return spec.to?.[0]?.default?.interval ?? "";
}
