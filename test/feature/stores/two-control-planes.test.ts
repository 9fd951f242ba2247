import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiReply } from "../../kit/api-client.ts";
import type { ControlPlaneProcess } from "../../kit/control-plane-process.ts";
import { ownPostgres, type PostgresServer } from "../../kit/postgres.ts";
import { policyOfNobody, startSharedStore, writtenCluster, type SharedStore } from "../../kit/shared-store.ts";
import { waitUntil } from "../../kit/wait-until.ts";

const perControlPlane = 50;

describe("two control planes on one PostgreSQL, 50 proxies on each", () => {
  let server: PostgresServer;
  let databaseUrl: string;
  let shared: SharedStore;
  let first: ControlPlaneProcess;
  let second: ControlPlaneProcess;
  before(async function () {
    server = await ownPostgres(this, { durable: true });
    databaseUrl = await server.createDatabase();
    shared = await startSharedStore({ databaseUrl, proxies: perControlPlane, args: ["--postgres-timeout", "2s"] });
    [first, second] = shared.controlPlanes;
  });
  after(async () => {
    await shared.close();
    await server.close();
  });

  async function allHave(word: string): Promise<void> {
    await Promise.all(shared.proxies.map((proxy) => proxy.until(writtenCluster, `/${word}`)));
  }

  it("push a write through either of them to all 100", async () => {
    for (let round = 0; round < 10; round++) {
      await shared.write(round % 2 === 0 ? first : second, `round-${round}-end`);
      await allHave(`round-${round}-end`);
    }
  });

  it("give every proxy the same versions, and name the same store", async () => {
    const of = (index: number): unknown => (["cds", "eds"] as const).map((type) => shared.proxies[index]?.versions(type));
    assert.deepEqual(of(0), of(perControlPlane));
    const ids = await Promise.all([first, second].map(async ({ api }) => ((await api.ask("GET", "/")).body as { clusterId: string }).clusterId));
    assert.equal(ids[0], ids[1]);
  });

  it("show a write to a reader at the other, and hold a writer there to what it expects", async () => {
    const document = policyOfNobody("expected", "one");
    await first.api.put(document);
    const read = await waitUntil("the other has it", async () => {
      const reply = await second.api.get(document);
      return reply.status === 200 && (reply.body as { modificationTime: string });
    });
    await first.api.put(policyOfNobody("expected", "two"));
    const late = await fetch(`${second.api.url}/meshes/default/meshhealthchecks/expected`, {
      method: "PUT", headers: { "content-type": "application/json", "if-match": `"${read.modificationTime}"` }, body: JSON.stringify(policyOfNobody("expected", "three")),
    });
    assert.ok([409, 412].includes(late.status), String(late.status));
  });

  it("take over from one that is killed: its proxies receive nothing that they hold already", async () => {
    const moved = shared.proxies.slice(perControlPlane);
    const before = moved.map((proxy) => proxy.versions("cds"));
    const ended = moved.map((proxy) => proxy.ended);
    await second.kill();
    await Promise.all(ended);
    for (const proxy of moved) proxy.connect(first.xdsPort);
    await waitUntil("all 100 are connected to the one that is left", async () => connectedTo(await first.metrics()) === 2 * perControlPlane);
    await sleep(500);
    assert.deepEqual(moved.map(({ responses }) => responses), moved.map(() => 0));
    assert.deepEqual(moved.map((proxy) => proxy.versions("cds")), before);
    await shared.write(first, "after-the-kill");
    await allHave("after-the-kill");
    assert.ok(moved.every(({ responses }) => responses > 0));
    await second.start();
    await shared.write(second, "after-the-restart");
    await allHave("after-the-restart");
  });

  it("fail writes clearly while the database is stopped for 10 s, lose nothing that they acknowledged, and catch up", async () => {
    const writing = startWriters([first, second]);
    await waitUntil("every writer has written", () => writing.acknowledged.size === writing.count);
    const streams = shared.proxies.map((proxy) => proxy.responses);
    await server.stop();
    await sleep(10_000);
    for (const controlPlane of [first, second]) {
      assert.equal((await fetch(`${controlPlane.diagnosticsUrl}/ready`)).status, 200);
      assert.equal((await controlPlane.api.ask("GET", "/meshes/default/meshhealthchecks/all")).status, 200);
    }
    assert.ok(shared.proxies.every((proxy) => proxy.holds(writtenCluster, "/after-the-restart") && proxy.removed.length === 0));
    assert.deepEqual(shared.proxies.map((proxy) => proxy.responses), streams);
    const failed = writing.failures.length;
    await server.start();
    const atRestart = new Map(writing.acknowledged);
    await waitUntil("every writer writes again", () => [...writing.acknowledged].every(([name, word]) => word !== atRestart.get(name)));
    await writing.stop();
    assert.ok(failed > writing.count, `${failed} failures`);
    for (const { status, body } of writing.failures) {
      assert.equal(status, 503, JSON.stringify(body));
      assert.match((body as { detail: string }).detail, /^store unavailable: .*127\.0\.0\.1:\d+/);
    }
    const rows = await server.query("SELECT name, document FROM probeplane.resources", new URL(databaseUrl).pathname.slice(1));
    const stored = new Map(rows.map(({ name, document }) => [String(name), /"path":"\/([^"]*)"/.exec(String(document))?.[1]]));
    for (const [name, word] of writing.acknowledged) assert.equal(stored.get(name), word, name);
    await shared.write(first, "after-the-outage");
    await allHave("after-the-outage");
    for (const controlPlane of [first, second]) {
      await waitUntil("it has what was written", async () => {
        const { items } = (await controlPlane.api.ask("GET", "/meshes/default/meshhealthchecks?size=1000")).body as { items: readonly object[] };
        return [...writing.acknowledged.values()].every((word) => JSON.stringify(items).includes(`"/${word}"`));
      });
    }
    assert.ok(shared.proxies.every((proxy) => proxy.removed.length === 0));
  });
});

function connectedTo(metrics: string): number {
  return Number(/^(?:probeplane_)?xds_streams_active(?:\{[^}]*\})? (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

interface Writers {
  readonly count: number;
  /** Name → the last word that was acknowledged. */
  readonly acknowledged: ReadonlyMap<string, string>;
  readonly failures: readonly ApiReply[];
  /** Each ends with an acknowledged write: what is stored then is known for certain. */
  stop(): Promise<void>;
}

/** Five writers through each control plane, each on a policy of its own, without a pause. */
function startWriters(controlPlanes: readonly ControlPlaneProcess[]): Writers {
  const acknowledged = new Map<string, string>();
  const failures: ApiReply[] = [];
  let running = true;
  const writers = controlPlanes.flatMap(({ api }, through) => [0, 1, 2, 3, 4].map(async (which) => {
    const name = `writer-${through}-${which}`;
    for (let round = 0, isAcknowledged = false; running || !isAcknowledged; round++) {
      const word = `${name}-${round}-end`;
      const reply = await api.ask("PUT", `/meshes/default/meshhealthchecks/${name}`, policyOfNobody(name, word));
      isAcknowledged = reply.status === 200 || reply.status === 201;
      if (isAcknowledged) acknowledged.set(name, word);
      else failures.push(reply);
      await sleep(isAcknowledged ? 10 : 50);
    }
  }));
  return {
    count: writers.length, acknowledged, failures,
    stop: async () => {
      running = false;
      await Promise.all(writers);
    },
  };
}
