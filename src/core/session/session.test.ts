import assert from "node:assert/strict";
import { fakeSnapshot, shortTypes } from "../../../test/kit/fake-snapshot.ts";
import { deltaScript, sotwScript } from "../../../test/kit/session-script.ts";

const one = { cds: { a: 1, b: 1 }, eds: { a: 1, b: 1 }, lds: { l: 1 }, rds: { r: 1 } };

/** Of the endpoints in `one`: the version that they are sent under. */
const staleNonce = JSON.stringify(one.eds);

/** A client that has all of `one` and has confirmed it. */
function connected(script: typeof sotwScript): ReturnType<typeof sotwScript> {
  const client = script();
  client.snapshot(one);
  for (const type of ["cds", "lds"] as const) {
    client.want(type);
    client.ack(type);
  }
  client.want("eds", ["a", "b"]);
  client.ack("eds");
  client.want("rds", ["r"]);
  client.ack("rds");
  return client;
}

for (const [variant, script] of [["state of the world", sotwScript], ["delta", deltaScript]] as const) {
  describe(`a session in ${variant}`, () => {
    it("answers nothing before it has a snapshot, then everything that was asked for, in type order", () => {
      const client = script();
      assert.deepEqual(client.want("lds"), []);
      assert.deepEqual(client.want("eds", ["a"]), []);
      assert.deepEqual(client.want("cds"), []);
      assert.deepEqual(client.snapshot(one), ["cds a@1 b@1", "eds a@1", "lds l@1"]);
    });

    it("answers the first request of everything even when there is nothing", () => {
      const client = script();
      client.snapshot({});
      assert.deepEqual(client.want("lds"), ["lds"]);
      assert.deepEqual(client.ack("lds"), []);
    });

    it("sends nothing when nothing changed, and nothing for a confirmation", () => {
      const client = connected(script);
      assert.deepEqual(client.snapshot(structuredClone(one)), []);
      assert.deepEqual(client.ack("cds"), []);
      assert.deepEqual(client.ack("eds"), []);
    });

    it("answers a name that is added although its version is the one of the last response", () => {
      const client = script();
      client.snapshot(one);
      client.want("eds", ["a"]);
      client.ack("eds");
      const names = script === sotwScript ? ["a", "b"] : ["b"];
      assert.deepEqual(client.want("eds", names), ["eds b@1"]);
    });

    it("does not answer names that are dropped", () => {
      const client = connected(script);
      assert.deepEqual(client.drop("eds", ["a"]), []);
      assert.deepEqual(client.snapshot({ ...one, eds: { a: 2, b: 1 } }), []);
    });

    it("sends what clients in the same state get under the same version and nonce, as one list", () => {
      const [early, late] = [connected(script), script()];
      early.snapshot({ ...one, cds: { a: 2, b: 1 } });
      early.ack("cds");
      early.snapshot(one);
      early.ack("cds");
      late.snapshot(one);
      late.want("cds");
      late.ack("cds");
      const snapshot = fakeSnapshot({ ...one, cds: { a: 3, b: 3 } });
      const [first, other] = [early, late].map(({ session }) => session.step({ type: "snapshot", snapshot })[0]);
      assert.equal(first?.resources, other?.resources);
      assert.deepEqual([first?.nonce, first?.versionInfo], [other?.nonce, other?.versionInfo]);
    });

    it("takes a nonce on a new stream for a first request", () => {
      const client = script();
      client.snapshot(one);
      assert.deepEqual(client.want("cds", [], { nonce: "77", version: "old" }), ["cds a@1 b@1"]);
    });

    it("sends changed endpoints alone", () => {
      const client = connected(script);
      assert.deepEqual(client.snapshot({ ...one, eds: { a: 2, b: 1 } }), ["eds a@2"]);
    });

    it("sends unchanged endpoints again after their cluster changed, and does so once", () => {
      const client = connected(script);
      const cds = script === sotwScript ? "cds a@2 b@1" : "cds a@2";
      assert.deepEqual(client.snapshot({ ...one, cds: { a: 2, b: 1 } }), [cds, "eds a@1"]);
      assert.deepEqual(client.ack("eds"), []);
      assert.deepEqual(client.ack("cds"), []);
      assert.deepEqual(client.ack("eds"), []);
    });

    it("keeps the order of types when all change at once", () => {
      const client = connected(script);
      const messages = client.snapshot({ cds: { a: 2, b: 2 }, eds: { a: 2, b: 2 }, lds: { l: 2 }, rds: { r: 2 } });
      assert.deepEqual(messages, ["cds a@2 b@2", "eds a@2 b@2", "lds l@2", "rds r@2"]);
    });

    it("does not serve a type that it does not know, and goes on", () => {
      const client = script();
      client.snapshot(one);
      const request = { typeUrl: "type.googleapis.com/x.Y", responseNonce: "", versionInfo: "", resourceNames: ["n"] };
      const delta = { ...request, subscribe: ["n"], unsubscribe: [], initialVersions: new Map<string, string>() };
      const messages = client.session.step(script === sotwScript ? { type: "request", request } : { type: "delta-request", request: delta });
      assert.deepEqual(messages.map((m) => [m.resources.length, m.removed]), script === sotwScript ? [] : [[0, ["n"]]]);
      assert.equal(client.session.counts.size, 0);
      assert.deepEqual(client.want("lds"), ["lds l@1"]);
    });

    it("counts what it sent and what was confirmed and refused", () => {
      const client = connected(script);
      client.snapshot({ ...one, lds: { l: 2 } });
      client.nack("lds", "no");
      const { counts } = client.session;
      assert.equal(counts.get(shortTypes.eds)?.acknowledged, 1);
      // In state of the world the last good set was sent again.
      assert.deepEqual(counts.get(shortTypes.lds), { sent: script === sotwScript ? 3 : 2, acknowledged: 1, rejected: 1, awaiting: script === sotwScript ? 1 : 0 });
    });
  });

  describe(`a refusal in ${variant}`, () => {
    const bad = "Error adding/updating cluster(s) a: no such folder";

    it("is told with Envoy's text and with the policies that made the resource", () => {
      const client = connected(script);
      client.snapshot({ ...one, cds: { a: 2, b: 1 } });
      client.nack("cds", bad);
      const [rejection] = client.session.rejections;
      assert.deepEqual(rejection?.resources, ["a"]);
      assert.equal(rejection.message, bad);
      assert.deepEqual(rejection.madeFrom.map((key) => key.name), ["policy-of-a"]);
    });

    it("is not offered again until it changes, while everything else flows", () => {
      const client = connected(script);
      client.snapshot({ ...one, cds: { a: 2, b: 1 } });
      const restored = client.nack("cds", bad);
      assert.deepEqual(restored, script === sotwScript ? ["cds a@1 b@1", "eds a@1 b@1"] : []);
      client.ack("cds");
      assert.equal(client.session.rejections.length, 1, "the good set does not end the refusal");
      assert.deepEqual(client.snapshot({ ...one, cds: { a: 2, b: 2 } }), script === sotwScript ? ["cds a@1 b@2", "eds b@1"] : ["cds b@2", "eds b@1"]);
      client.ack("cds");
      assert.equal(client.session.rejections.length, 1);
      assert.deepEqual(client.snapshot({ ...one, cds: { a: 3, b: 2 } }), script === sotwScript ? ["cds a@3 b@2", "eds a@1"] : ["cds a@3", "eds a@1"]);
      assert.equal(client.session.rejections.length, 1);
      client.ack("cds");
      assert.equal(client.session.rejections.length, 0);
    });

    it("is over when the edit is taken back, and nothing has to be sent for that", () => {
      const client = connected(script);
      client.snapshot({ ...one, cds: { a: 2, b: 1 } });
      client.nack("cds", bad);
      client.ack("cds");
      assert.deepEqual(client.snapshot(one), []);
      assert.equal(client.session.rejections.length, 0);
    });

    it("is over when the resource is gone, and the client is told to remove it", () => {
      const client = script();
      client.snapshot(one);
      client.want("cds");
      client.nack("cds", bad);
      const messages = client.snapshot({ ...one, cds: { b: 1 } });
      assert.deepEqual(messages, script === sotwScript ? [] : ["cds -a"]);
      assert.equal(client.session.rejections.length, 0);
    });

    it("of a resource without a good version withholds it", () => {
      const client = script();
      client.snapshot(one);
      client.want("cds");
      assert.deepEqual(client.nack("cds", bad), ["cds b@1"]);
    });

    it("that blames nobody falls back to the last confirmed set", () => {
      const client = connected(script);
      client.snapshot({ ...one, cds: { a: 2, b: 1, c: 1 }, eds: { a: 1, b: 1, c: 1 } });
      const messages = client.nack("cds", "duplicate cluster x found");
      assert.deepEqual(messages, script === sotwScript ? ["cds a@1 b@1", "eds a@1 b@1"] : []);
      assert.deepEqual(client.session.rejections[0]?.resources, ["a", "c"]);
    });

    it("of everything, again and again, costs a bounded number of messages", () => {
      for (const text of ["broken", "Error adding/updating cluster(s) a: x, b: x"]) {
        const client = script();
        let sent = client.snapshot(one).length + client.want("cds").length;
        for (let i = 0; i < 50; i++) {
          sent += client.nack("cds", text).length;
        }
        assert.ok(sent <= 3, `${String(sent)} messages`);
        let more = 0;
        for (let version = 2; version < 12; version++) {
          more += client.snapshot({ ...one, cds: { a: version, b: version } }).length;
          for (let i = 0; i < 10; i++) {
            more += client.nack("cds", text).length;
          }
        }
        assert.ok(more <= 25, `${String(more)} messages for 10 changes`);
        assert.ok(client.session.rejections.length <= 2);
      }
    });

    it("of the good version too makes us withhold that as well", () => {
      const client = connected(script);
      client.snapshot({ ...one, cds: { a: 2, b: 1 } });
      client.nack("cds", bad);
      const messages = client.nack("cds", bad);
      assert.deepEqual(messages, script === sotwScript ? ["cds b@1", "eds b@1"] : []);
    });

    it("of endpoints keeps the last good ones, and other endpoints flow", () => {
      const client = connected(script);
      client.snapshot({ ...one, eds: { a: 2, b: 1 } });
      assert.deepEqual(client.nack("eds", "malformed address"), []);
      assert.deepEqual(client.session.rejections[0]?.resources, ["a"]);
      assert.deepEqual(client.snapshot({ ...one, eds: { a: 2, b: 2 } }), ["eds b@2"]);
      const cds = script === sotwScript ? "cds a@2 b@1" : "cds a@2";
      assert.deepEqual(client.snapshot({ ...one, cds: { a: 2, b: 1 }, eds: { a: 2, b: 2 } }), [cds, "eds a@1"]);
    });
  });
}

for (const [variant, script] of [["state of the world", sotwScript], ["delta", deltaScript]] as const) {
  it(`${variant}: a client that names many is sent these, and none of the others`, () => {
    const all = Array.from({ length: 50 }, (_, i) => `n${String(i)}`);
    const versions = (changed: readonly string[]) => ({ eds: Object.fromEntries(all.map((name) => [name, changed.includes(name) ? 2 : 1])) });
    const client = script();
    client.snapshot(versions([]));
    client.want("eds", all.slice(0, 40));
    client.ack("eds");
    assert.deepEqual(client.snapshot(versions(["n1", "n45"])), ["eds n1@2"]);
    client.ack("eds");
    assert.deepEqual(client.snapshot(versions(["n1", "n46"])), []);
  });
}

describe("state of the world", () => {
  it("ignores a stale nonce", () => {
    const client = connected(sotwScript);
    client.snapshot({ ...one, eds: { a: 2, b: 1 } });
    assert.notEqual(client.last()[0]?.nonce, staleNonce);
    assert.deepEqual(client.want("eds", ["a", "b", "c"], { nonce: staleNonce }), []);
    assert.deepEqual(client.snapshot({ ...one, eds: { a: 2, b: 1, c: 1 } }), []);
  });

  it("sends the union of old and new clusters first, and the new set last", () => {
    const client = connected(sotwScript);
    const messages = client.snapshot({ cds: { b: 1, c: 1 }, eds: { b: 1, c: 1 }, lds: { l: 2 }, rds: { r: 2 } });
    assert.deepEqual(messages, ["cds a@1 b@1 c@1", "lds l@2", "rds r@2", "cds b@1 c@1"]);
    const [union, final] = [client.last().at(0), client.last().at(-1)];
    assert.notEqual(union?.versionInfo, final?.versionInfo);
  });

  it("removes in one response when there is nothing to add", () => {
    assert.deepEqual(connected(sotwScript).snapshot({ ...one, cds: { b: 1 }, eds: { b: 1 } }), ["cds b@1"]);
  });

  it("changes listeners in one response: a union could hold two of one address", () => {
    assert.deepEqual(connected(sotwScript).snapshot({ ...one, lds: { m: 1 } }), ["lds m@1"]);
  });

  it("takes an empty list for everything only until a name was sent", () => {
    const client = sotwScript();
    client.snapshot(one);
    assert.deepEqual(client.want("cds", []), ["cds a@1 b@1"]);
    assert.deepEqual(client.want("cds", ["a"]), ["cds a@1"]);
    assert.deepEqual(client.want("cds", []), []);
    assert.deepEqual(client.snapshot({ ...one, cds: { a: 2, b: 2 } }), []);
    assert.deepEqual(client.want("cds", ["*", "a"]), ["cds a@2 b@2"]);
  });

  it("does not take away, from a client that came back with an older state, what it refuses", () => {
    const client = sotwScript();
    client.snapshot(one);
    client.want("cds", [], { version: "of an earlier stream" });
    assert.deepEqual(client.nack("cds", "Error adding/updating cluster(s) a: x"), []);
    assert.deepEqual(client.snapshot({ ...one, cds: { a: 1, b: 2 } }), ["cds a@1 b@2"]);
    assert.equal(client.session.rejections.length, 1);
  });

  it("gives what is held back a version of its own", () => {
    const client = connected(sotwScript);
    client.snapshot({ ...one, cds: { a: 2, b: 1 } });
    const pushed = client.last()[0]?.versionInfo;
    client.nack("cds", "Error adding/updating cluster(s) a: x");
    assert.notEqual(client.last()[0]?.versionInfo, pushed);
  });
});

describe("delta", () => {
  it("sends a client that comes back only what differs, and what is gone as removed", () => {
    const client = deltaScript();
    client.snapshot(one);
    assert.deepEqual(client.want("cds", [], { initialVersions: { a: "1", b: "0", z: "9" } }), ["cds b@1", "cds -z"]);
    assert.deepEqual(client.want("lds", [], { initialVersions: { l: "1" } }), []);
    assert.deepEqual(client.want("rds", ["r"], { initialVersions: { r: "1" } }), []);
  });

  it("sends the endpoints of a cluster that changed while the client was away, although it has them", () => {
    const client = deltaScript();
    client.snapshot(one);
    assert.deepEqual(client.want("cds", [], { initialVersions: { a: "0", b: "1" } }), ["cds a@1"]);
    assert.deepEqual(client.want("eds", ["a", "b"], { initialVersions: { a: "1", b: "1" } }), ["eds a@1"]);
  });

  it("honours subscriptions with a stale nonce", () => {
    const client = connected(deltaScript);
    client.snapshot({ ...one, eds: { a: 2, b: 2 } });
    assert.notEqual(client.last()[0]?.nonce, staleNonce);
    assert.deepEqual(client.want("eds", ["a"], { nonce: staleNonce }), ["eds a@2"]);
  });

  it("answers a name without a resource as removed, at once", () => {
    const client = deltaScript();
    client.snapshot(one);
    assert.deepEqual(client.want("eds", ["a", "nope"]), ["eds a@1 -nope"]);
    assert.deepEqual(client.snapshot({ ...one, eds: { ...one.eds, nope: 1 } }), ["eds nope@1"]);
  });

  it("answers a name again that is asked for again", () => {
    assert.deepEqual(connected(deltaScript).want("eds", ["a"]), ["eds a@1"]);
  });

  it("answers a name that is dropped while everything is wanted", () => {
    const client = deltaScript();
    client.snapshot(one);
    assert.deepEqual(client.want("cds", ["*", "a", "nope"]), ["cds a@1 b@1 -nope"]);
    assert.deepEqual(client.drop("cds", ["a", "nope"]), ["cds a@1 -nope"]);
    assert.deepEqual(client.drop("cds", ["phantom"]), []);
  });

  it("keeps explicit names when everything is dropped", () => {
    const client = deltaScript();
    client.snapshot(one);
    client.want("cds", ["*", "a"]);
    assert.deepEqual(client.drop("cds", ["*"]), []);
    assert.deepEqual(client.snapshot({ ...one, cds: { a: 2, b: 2 } }), ["cds a@2"]);
  });

  it("leaves the old way of wanting everything when a name is asked for", () => {
    const client = deltaScript();
    client.snapshot(one);
    client.want("cds");
    assert.deepEqual(client.want("cds", ["a"]), ["cds a@1"]);
    assert.deepEqual(client.snapshot({ ...one, cds: { a: 1, b: 2 } }), []);
  });

  it("removes last", () => {
    const client = connected(deltaScript);
    const messages = client.snapshot({ cds: { b: 2 }, eds: { b: 1 }, lds: { m: 1 }, rds: { s: 1 } });
    assert.deepEqual(messages, ["cds b@2", "eds b@1", "lds m@1 -l", "rds -r", "eds -a", "cds -a"]);
  });
});
