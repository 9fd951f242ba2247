import assert from "node:assert/strict";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import type { KubeObject } from "../../core/kubernetes/kube-object.ts";
import type { FollowStatus } from "./follow.ts";
import { followObjects } from "./follow-objects.ts";
import { waitAfter } from "./follow-wait.ts";
import { kubeKinds } from "./kinds.ts";
import { KubeError } from "./kube-error.ts";
import type { KubeClient, ListOptions, ObjectPage, WatchEvent, WatchOptions } from "./port.ts";

const pod = (name: string, resourceVersion: string): KubeObject => ({ metadata: { name, namespace: "shop", resourceVersion } });

/** A watch that is open: what it began with, and how it goes on. */
interface OpenWatch {
  readonly options: WatchOptions<KubeObject>;
  readonly tell: (...events: readonly WatchEvent<KubeObject>[]) => void;
  readonly end: (error?: Error) => void;
}

/** A client that answers from scripts: lists one after another, the last for ever; watches as the test wants. */
function scripted(lists: ((options: ListOptions) => ObjectPage<KubeObject>)[]) {
  const listed: ListOptions[] = [];
  const watches: OpenWatch[] = [];
  const client = {
    list: (_: unknown, options: ListOptions = {}) => {
      listed.push(options);
      const [next] = lists;
      if (lists.length > 1) lists.shift();
      return new Promise((resolve) => {
        resolve(next?.(options));
      });
    },
    watch: (_: unknown, options: WatchOptions<KubeObject>) =>
      new Promise<void>((resolve, reject) => {
        options.onOpen?.();
        options.signal.addEventListener("abort", () => resolve());
        watches.push({ options, tell: (...events) => options.onEvents(events), end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  } as unknown as KubeClient;
  return { client, listed, watches };
}

function page(resourceVersion: string, items: readonly KubeObject[], continueToken?: string): () => ObjectPage<KubeObject> {
  return () => ({ items, resourceVersion, ...(continueToken === undefined ? {} : { continueToken }) });
}

function refuse(status: number, reason: string, retryAfterMs?: number): () => never {
  return () => {
    throw new KubeError(status, reason, { reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  };
}

describe("following objects", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  function follow(client: KubeClient) {
    const told: string[] = [];
    const states: FollowStatus[] = [];
    const text = (list: readonly KubeObject[]): string => list.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion ?? ""}`).join(" ");
    const following = followObjects<KubeObject>(client, kubeKinds.pod, {
      namespace: "shop",
      pageSize: 2,
      onState: (objects) => told.push(`= ${text(objects)}`),
      onChange: (changed, removed) => told.push(`+ ${text(changed)} - ${text(removed)}`),
      onStatus: (status) => states.push(status),
    });
    open.push(following);
    return { following, told, states };
  }

  it("tells the pages of a list as one state, and the last word on each object after it", async () => {
    const { client, listed, watches } = scripted([page("5", [pod("a", "1"), pod("b", "2")], "more"), page("5", [pod("c", "3")])]);
    const { told, following } = follow(client);
    await waitUntil("a watch is open", () => watches.length > 0);
    watches[0]?.tell(
      { type: "MODIFIED", object: pod("a", "6") },
      { type: "DELETED", object: pod("b", "7") },
      { type: "MODIFIED", object: pod("a", "8") },
      { type: "BOOKMARK", object: pod("", "9") },
    );
    assert.deepEqual(told, ["= a@1 b@2 c@3", "+ a@8 - b@7"]);
    assert.deepEqual(listed.map(({ limit, continueToken, namespace }) => [limit, continueToken, namespace]), [[2, undefined, "shop"], [2, "more", "shop"]]);
    assert.deepEqual(following.status, { state: "following" });
    assert.equal(watches[0]?.options.resourceVersion, "5");
  });

  it("goes on from the last version when a watch breaks, bookmarks counted, and lists again only when that is too old", async () => {
    const { client, listed, watches } = scripted([page("5", [pod("a", "1")]), page("20", [pod("b", "12")])]);
    const { told, states } = follow(client);
    await waitUntil("a watch is open", () => watches.length === 1);
    watches[0]?.tell({ type: "BOOKMARK", object: pod("", "9") });
    watches[0]?.end(new KubeError(0, "connection reset", { reason: "Unreachable" }));
    await waitUntil("a second watch is open", () => watches.length === 2);
    assert.equal(watches[1]?.options.resourceVersion, "9");
    assert.equal(listed.length, 1);
    assert.deepEqual(states.map(({ state }) => state), ["following", "failing", "following"]);
    watches[1].end(new KubeError(410, "too old", { reason: "Expired" }));
    await waitUntil("a third watch is open", () => watches.length === 3);
    assert.equal(watches[2]?.options.resourceVersion, "20");
    assert.deepEqual(told, ["= a@1", "= b@12"]);
  });

  it("begins a list anew whose pages have expired, and tells nothing of it before it is whole", async () => {
    const { client, watches } = scripted([page("5", [pod("a", "1")], "more"), refuse(410, "Expired"), page("8", [pod("a", "1")], "more"), page("8", [pod("b", "7")])]);
    const { told } = follow(client);
    await waitUntil("a watch is open", () => watches.length === 1);
    assert.deepEqual(told, ["= a@1 b@7"]);
  });

  const refusals: readonly (readonly [number, FollowStatus["state"]])[] = [[401, "denied"], [403, "denied"], [404, "missing"], [429, "failing"], [500, "failing"], [503, "failing"], [0, "failing"]];
  for (const [status, state] of refusals) {
    it(`says that it is ${state} after ${status || "no answer"}, with the server's words, and tries again`, async () => {
      const { client, watches } = scripted([refuse(status, "because"), page("5", [])]);
      const { states, told } = follow(client);
      await waitUntil("a watch is open", () => watches.length === 1);
      assert.deepEqual(states, [{ state, message: "because" }, { state: "following" }]);
      assert.deepEqual(told, ["= "]);
    });
  }

  it("tells nothing any more once it is closed", async () => {
    const { client, watches } = scripted([page("5", [])]);
    const { told, following } = follow(client);
    await waitUntil("a watch is open", () => watches.length === 1);
    await following.close();
    watches[0]?.tell({ type: "ADDED", object: pod("a", "6") });
    assert.deepEqual(told, ["= "]);
  });
});

describe("the wait after a failure", () => {
  const error = (status: number, retryAfterMs?: number) => new KubeError(status, "no", retryAfterMs === undefined ? {} : { retryAfterMs });
  const waits = (status: number) => [1, 2, 3, 20].map((failures) => waitAfter(error(status), failures, () => 0));

  it("doubles, up to 2 s for a server that is not there, 4 s for one that is busy, 10 s for one that refuses", () => {
    assert.deepEqual(waits(0), [100, 200, 400, 2_000]);
    assert.deepEqual(waits(500), [100, 200, 400, 4_000]);
    assert.deepEqual(waits(429), [100, 200, 400, 4_000]);
    assert.deepEqual(waits(403), [100, 200, 400, 10_000]);
  });

  it("is spread, is as long as the server asks for, and that within reason", () => {
    assert.equal(waitAfter(error(500), 1, () => 1), 75);
    assert.equal(waitAfter(error(429, 7_000), 1), 7_000);
    assert.equal(waitAfter(error(429, 3_600_000), 1), 30_000);
  });
});
