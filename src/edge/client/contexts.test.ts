import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chooseConnection } from "./choose-connection.ts";
import { addContext, noContexts, parseContexts, removeContext, switchContext, withoutTokens, type Contexts } from "./contexts.ts";
import { contextsFile, readContexts, writeContexts } from "./contexts-file.ts";

const one = { name: "one", address: "https://one:5682", token: "t1", caCertFile: "/ca.pem" };
const two = { name: "two", address: "http://127.0.0.1:5681" };
const both: Contexts = { contexts: [one, two], current: "one" };

describe("contexts", () => {
  it("make the one that is added the current one", () => {
    assert.deepEqual(addContext(noContexts, one, false), { ok: true, contexts: { contexts: [one], current: "one" } });
  });

  it("replace one only when told to", () => {
    const result = addContext(both, { ...two, name: "one" }, false);
    assert.deepEqual(result, { ok: false, problem: 'there is a Control Plane "one" already; give --overwrite to replace it' });
    const overwritten = addContext(both, { ...two, name: "one" }, true);
    assert.deepEqual(overwritten, { ok: true, contexts: { contexts: [{ ...two, name: "one" }, two], current: "one" } });
  });

  it("switch and remove by name, and name the nearest for an unknown one", () => {
    assert.deepEqual(switchContext(both, "two"), { ok: true, contexts: { ...both, current: "two" } });
    assert.deepEqual(removeContext(both, "two"), { ok: true, contexts: { contexts: [one], current: "one" } });
    assert.deepEqual(removeContext(both, "one"), { ok: true, contexts: { contexts: [two] } });
    assert.deepEqual(switchContext(both, "tow"), { ok: false, problem: 'there is no Control Plane "tow"; there are one, two; did you mean two?' });
    assert.deepEqual(removeContext(noContexts, "x"), { ok: false, problem: 'there is no Control Plane "x"; none was added yet' });
  });

  it("show no token", () => {
    assert.ok(!JSON.stringify(withoutTokens(both)).includes("t1"));
  });

  for (const [document, problem] of [
    [[], "it needs a list `controlPlanes`"],
    [{ controlPlanes: {} }, "it needs a list `controlPlanes`"],
    [{ controlPlanes: [{ name: "a" }] }, "controlPlanes[0]: it needs a name and an address"],
    [{ controlPlanes: [two, two] }, 'controlPlanes[1]: the name "two" is taken by another'],
  ] as const) {
    it(`refuses ${JSON.stringify(document)}`, () => assert.deepEqual(parseContexts(document), { ok: false, problem }));
  }
});

describe("the file of contexts", () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), "probeplane-contexts-"))));
  after(() => rm(folder, { recursive: true }));

  it("is in the user's configuration folder", () => {
    assert.equal(contextsFile({ XDG_CONFIG_HOME: "/x", HOME: "/h" }), "/x/probeplane/contexts.yaml");
    assert.equal(contextsFile({ XDG_CONFIG_HOME: "relative", HOME: "/h" }), "/h/.config/probeplane/contexts.yaml");
  });

  it("gives back what was written, to its owner only", async () => {
    const file = path.join(folder, "a", "contexts.yaml");
    assert.deepEqual(await readContexts(file), noContexts);
    await writeContexts(file, both);
    assert.deepEqual(await readContexts(file), both);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
    assert.match(await readFile(file, "utf8"), /^current: one\ncontrolPlanes:\n {2}- name: one\n/);
  });

  it("narrows the rights of a file that everybody could read", async () => {
    const file = path.join(folder, "wide.yaml");
    await writeFile(file, "", { mode: 0o644 });
    await writeContexts(file, both);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it("is named when it cannot be understood", async () => {
    const file = path.join(folder, "bad.yaml");
    await writeFile(file, "controlPlanes: {");
    await assert.rejects(readContexts(file), /bad.yaml is not YAML/);
    await writeFile(file, "controlPlanes: 3");
    await assert.rejects(readContexts(file), /bad.yaml: it needs a list/);
  });
});

describe("the connection chosen", () => {
  const choose = (flags: object, env: object = {}, contexts = both): unknown => {
    const result = chooseConnection(flags, env, contexts);
    return result.ok ? result.chosen : result.problem;
  };
  const fromOne = { address: one.address, token: "t1", caCertFile: "/ca.pem" };

  it("is this machine's control plane without anything", () => assert.deepEqual(choose({}, {}, noContexts), { address: "http://127.0.0.1:5681" }));
  it("is the current context's", () => assert.deepEqual(choose({}), fromOne));
  it("is that of the context named by flag, before environment, before the current one", () => {
    assert.deepEqual(choose({ context: "two" }, { context: "one" }), { address: two.address });
    assert.deepEqual(choose({}, { context: "two" }), { address: two.address });
  });
  it("leaves a context's token and CA out when the address is another", () => {
    assert.deepEqual(choose({ address: "https://evil:1" }), { address: "https://evil:1" });
    assert.deepEqual(choose({}, { address: "https://evil:1" }), { address: "https://evil:1" });
  });
  it("takes an address by flag before a context by environment", () => {
    assert.deepEqual(choose({ address: "https://a:1" }, { context: "one" }), { address: "https://a:1" });
  });
  it("takes token and CA of flag, then environment, then context", () => {
    assert.deepEqual(choose({ tokenFile: "/f" }, { token: "e" }), { address: one.address, tokenFile: "/f", caCertFile: "/ca.pem" });
    assert.deepEqual(choose({}, { token: "e", caCertFile: "/e.pem" }), { address: one.address, token: "e", caCertFile: "/e.pem" });
  });
  it("names what is wrong", () => {
    assert.match(String(choose({ context: "tow" })), /there is no Control Plane "tow".*did you mean two/);
    assert.match(String(choose({ address: "nonsense" })), /is not an address/);
  });
  it("lets no token cross the network in plain text unless told to", () => {
    const given = { address: "http://10.0.0.1:5681", tokenFile: "/f" };
    assert.match(String(choose(given)), /has no TLS, and the token could be read on the way; use https:\/\/, or say --insecure-plaintext-token/);
    assert.deepEqual(choose({ ...given, insecurePlaintextToken: true }), { address: given.address, tokenFile: "/f" });
    assert.deepEqual(choose({ address: given.address }), { address: given.address });
  });
});
