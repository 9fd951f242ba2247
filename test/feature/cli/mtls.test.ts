import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { makeAuthority } from "../../../src/edge/identity/make-authority.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";
import { command, type CommandResult } from "./command.ts";

const dayMs = 86_400_000;

describe("probeplane mtls", () => {
  let whole: WholeControlPlane;
  let home: string;
  before(async () => {
    home = await scratchFolder("home");
    whole = await startWholeControlPlane(["--store", "memory"]);
  });
  after(async () => {
    await whole.stop();
    await rm(home, { recursive: true, force: true });
  });

  const mtls = (...args: readonly string[]): Promise<CommandResult> => command(["mtls", ...args, "--address", whole.api], "", { HOME: home });

  async function put(backend: object | undefined): Promise<{ readonly status: number; readonly text: string }> {
    const body = JSON.stringify({ type: "Mesh", name: "default", ...(backend === undefined ? {} : { mtls: { enabledBackend: "ca", backends: [{ name: "ca", ...backend }] } }) });
    const reply = await fetch(`${whole.api}/meshes/default`, { method: "PUT", headers: { "content-type": "application/json", connection: "close" }, body });
    return { status: reply.status, text: await reply.text() };
  }

  it("shows the CA of a mesh, and announces another", async () => {
    await put({ type: "builtin" });
    const { status, out, err } = await mtls("status", "default");
    assert.deepEqual([status, err], [0, ""]);
    assert.match(out, /^mesh default: backend ca \(builtin\)\nCA +STATE +SIGNS FROM +TRUSTED UNTIL +ENDS +SHA-256\n1 +signing /);
    const rotated = await mtls("rotate", "default", "-o", "json");
    assert.deepEqual((JSON.parse(rotated.out) as { authorities: readonly { state: string }[] }).authorities.map(({ state }) => state), ["signing", "announced"]);
  });

  it("knows a Mesh that was written a moment ago, with other writes", async () => {
    const ask = async (method: string, path: string, body?: object): Promise<number> => {
      const reply = await fetch(`${whole.api}${path}`, { method, headers: { "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      await reply.text();
      return reply.status;
    };
    const statuses: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const name = `mesh-${round}`;
      // What comes right after another write waits for quiet before it is served.
      await ask("PUT", `/meshes/before-${round}`, { type: "Mesh", name: `before-${round}` });
      await ask("PUT", `/meshes/${name}`, { type: "Mesh", name, mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] } });
      statuses.push(await ask("GET", `/meshes/${name}/mtls`));
    }
    assert.deepEqual(new Set(statuses), new Set([200]));
  });

  it("says why it cannot", async () => {
    await put(undefined);
    const off = await mtls("rotate", "default");
    assert.equal(off.status, 1);
    assert.match(off.err, /Mutual TLS is not enabled \(set mtls\.enabledBackend of the mesh "default"\)/);
    assert.equal((await mtls("status", "nowhere")).status, 1);
  });

  it("is refused to who is no administrator", async () => {
    const reply = await fetch(`${whole.api}/tokens/user`, { method: "POST", headers: { "content-type": "application/json", connection: "close" }, body: JSON.stringify({ name: "mia", groups: [], validFor: "1h" }) });
    const authorization = `Bearer ${await reply.text()}`;
    for (const [method, path] of [["GET", "/meshes/default/mtls"], ["POST", "/meshes/default/mtls/rotation"]] as const) {
      assert.equal((await fetch(`${whole.api}${path}`, { method, headers: { authorization, connection: "close" } })).status, 403, path);
    }
  });

  it("has what is wrong with a provided CA told when the Mesh is written", async () => {
    const nowMs = Date.now();
    const [good, expired, foreign] = [await makeAuthority("default", 400 * dayMs, nowMs), await makeAuthority("default", dayMs, nowMs - 3 * dayMs), await makeAuthority("other", dayMs, nowMs)];
    const provided = (cert: string, key: string): object => ({ type: "provided", conf: { cert: { inlineString: cert }, key: { inlineString: key } } });
    const cases: readonly [string, string, RegExp][] = [
      [expired.certificates, expired.privateKey, /conf\.cert\[0\]".*expired at 20/s],
      [good.certificates, foreign.privateKey, /conf\.cert".*not a valid TLS key pair: private key does not match public key/s],
      [foreign.certificates, foreign.privateKey, /conf\.cert\[0\]".*is the CA of spiffe:\/\/other, not of the mesh/s],
    ];
    for (const [cert, key, told] of cases) {
      const { status, text } = await put(provided(cert, key));
      assert.equal(status, 400, text);
      assert.match(text, told);
    }
    assert.equal((await put(provided(good.certificates, good.privateKey))).status, 200);
    const rotated = await mtls("rotate", "default");
    assert.equal(rotated.status, 1);
    assert.match(rotated.err, /the CA of the mesh default is provided/);
    const late = await put({ type: "provided", conf: { cert: { secret: "not-yet" }, key: { inlineString: good.privateKey } } });
    assert.equal(late.status, 200);
    assert.match(late.text, /mtls\.backends\[0\]\.conf\.cert: there is no secret/);
    assert.match((await mtls("status", "default")).err, /the CA of backend ca is of no use: cert: there is no secret "not-yet" in the mesh/);
    const ready = await (await fetch(`${whole.diagnostics}/ready`, { headers: { connection: "close" } })).json() as { readonly warnings?: readonly string[] };
    const mesh = await (await fetch(`${whole.api}/meshes/default`, { headers: { connection: "close" } })).text();
    assert.match(mesh, /"code": "certificate",\s+"path": "mtls",\s+"message": "the CA of backend ca is of no use/);
    assert.match(ready.warnings?.join("\n") ?? "", /mesh default: the CA of backend ca is of no use/);
  });
});
