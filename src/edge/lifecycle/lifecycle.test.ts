import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { holderOf } from "../../core/bootstrap/direct-labels.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import { withStoreLabels } from "../../core/model/store-labels.ts";
import { dataplane, inboundOf, meshNamed } from "../../../test/kit/resources.ts";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { waitUntil } from "../../../test/kit/wait-until.ts";
import { createMemoryStore } from "../source/memory/memory-store.ts";
import { readDocuments } from "../source/read-documents.ts";
import type { Store } from "../source/port.ts";
import { createDirectLifecycle, type DirectLifecycle } from "./direct-lifecycle.ts";
import type { DirectLifecycleOptions } from "./port.ts";
import { sweepOnce } from "./sweep.ts";

const removeAfterMs = 60;
const proxy = { mesh: "default", name: "web-1" };
const key = { kind: "Dataplane", ...proxy };
const text = (port: number): string => `type: Dataplane\nnetworking:\n  address: 10.0.0.1\n  inbound: [{ port: ${port}, tags: { kuma.io/service: web } }]\n`;

describe("a Dataplane that comes with its proxy", () => {
  let store: Store;
  let options: (holder: string) => DirectLifecycleOptions;
  let cp: DirectLifecycle;
  const log = createRecordingLog();
  const open: DirectLifecycle[] = [];

  function controlPlane(holder: string): DirectLifecycle {
    const made = createDirectLifecycle(options(holder));
    store.events.subscribe((event) => event.type === "change" && made.storeChanged(event.changed));
    open.push(made);
    return made;
  }

  beforeEach(async () => {
    store = createMemoryStore();
    await store.put(meshNamed());
    options = (holder) => ({
      store, readDocuments, holder, removeAfterMs, withStoreLabels, logger: log, isServed: () => true,
      refusalOf: ({ authorization }, { spec }) => Promise.resolve(authorization === "web" || spec.networking.inbound?.[0]?.tags?.["kuma.io/service"] !== "web" ? undefined : "the token is not for this proxy"),
    });
    cp = controlPlane("a");
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  const arrival = (dataplaneText: string | undefined, authorization = "web") => ({ proxy, authorization, metadata: dataplaneText === undefined ? {} : { "dataplane.resource": dataplaneText } });
  const stored = async (): Promise<Dataplane | undefined> => (await store.get(key)) as Dataplane | undefined;
  async function connect(at: DirectLifecycle, dataplaneText = text(80)): Promise<() => void> {
    const answer = await at.admit(arrival(dataplaneText));
    assert.ok(!("code" in answer), JSON.stringify(answer));
    return () => answer.closed?.();
  }

  it("is there when the proxy is let in, and goes some time after it", async () => {
    const disconnect = await connect(cp);
    assert.equal(holderOf((await stored())!), "a");
    disconnect();
    assert.notEqual(await stored(), undefined);
    await waitUntil("it is gone", async () => (await stored()) === undefined);
  });

  it("stays when the proxy comes back in time, here or to another control plane", async () => {
    (await connect(cp))();
    const again = await connect(cp);
    await sleep(removeAfterMs * 2);
    assert.notEqual(await stored(), undefined);
    again();
    const elsewhere = await connect(controlPlane("b"));
    await sleep(removeAfterMs * 2);
    assert.equal(holderOf((await stored())!), "b");
    elsewhere();
    await waitUntil("it is gone", async () => (await stored()) === undefined);
  });

  it("stays while one of the proxy's streams stands", async () => {
    const first = await connect(cp);
    const second = await connect(cp);
    first();
    await sleep(removeAfterMs * 2);
    assert.notEqual(await stored(), undefined);
    second();
  });

  it("changes with what the proxy brings along, and is not written to when it is the same", async () => {
    await connect(cp);
    const before = await stored();
    await connect(cp);
    assert.equal(await stored(), before);
    await connect(cp, text(81));
    assert.equal((await stored())?.spec.networking.inbound?.[0]?.port, 81);
  });

  it("is not touched when the control plane ends", async () => {
    const disconnect = await connect(cp);
    await cp.close();
    disconnect();
    await sleep(removeAfterMs * 2);
    assert.notEqual(await stored(), undefined);
  });

  it("never takes the place of one that was applied, nor removes it", async () => {
    const applied = withStoreLabels(dataplane("web-1", { inbound: [inboundOf("web", { port: 80, protocolTag: "" })] }));
    await store.put(applied);
    (await connect(cp))();
    await sleep(removeAfterMs * 2);
    assert.deepEqual((await stored())?.labels, applied.labels);
    const other = await cp.admit(arrival(text(81)));
    assert.ok("code" in other && other.code === status.FAILED_PRECONDITION);
    assert.match(other.details, /was applied through the API/);
  });

  it("is the API's once it was applied over", async () => {
    const disconnect = await connect(cp);
    await store.put(withStoreLabels(dataplane("web-1", { inbound: [inboundOf("web", { port: 80 })] })));
    disconnect();
    await sleep(removeAfterMs * 2);
    assert.notEqual(await stored(), undefined);
  });

  const refused: readonly [title: string, arrival: ReturnType<typeof arrival>, code: status, details: RegExp][] = [
    ["with every violation", arrival("type: Dataplane\nnetworking: { address: 0.0.0.0, inbound: [{ port: 0 }] }"), status.INVALID_ARGUMENT, /address.*;.*port|port.*;.*address/],
    ["that is no YAML", arrival("{"), status.INVALID_ARGUMENT, /line 1/],
    ["of another name", arrival(`${text(80)}name: other\n`), status.INVALID_ARGUMENT, /name: is "other"/],
    ["that the token is not for", arrival(text(80), "payments"), status.PERMISSION_DENIED, /not for this proxy/],
  ];
  for (const [title, asked, code, details] of refused) {
    it(`${title} is refused`, async () => {
      const answer = await cp.admit(asked);
      assert.ok("code" in answer, "was let in");
      assert.equal(answer.code, code);
      assert.match(answer.details, details);
      assert.equal(await stored(), undefined);
    });
  }

  it("does not take another proxy's place with a token for its own", async () => {
    await connect(cp);
    const answer = await cp.admit(arrival(text(80).replace(": web", ": payments"), "payments"));
    assert.ok("code" in answer && answer.code === status.PERMISSION_DENIED);
    assert.equal((await stored())?.spec.networking.inbound?.[0]?.tags?.["kuma.io/service"], "web");
  });

  it("lets in without a word who brings none", async () => {
    assert.deepEqual(await cp.admit(arrival(undefined)), {});
  });

  it("is swept away after a control plane that ended, and left alone where one has the proxy", async () => {
    await connect(controlPlane("b"));
    await store.put({ ...(await stored())!, name: "orphan", labels: { ...(await stored())!.labels, "probeplane.io/held-by": "dead" } });
    const applied = withStoreLabels(dataplane("applied"));
    await store.put(applied);
    await sweepOnce(options("a"), () => sleep(30));
    assert.deepEqual((await store.list("Dataplane")).map(({ name }) => name), ["applied", "web-1"]);
    assert.equal(holderOf((await stored())!), "b");
  });
});
