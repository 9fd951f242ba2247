import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { startWholeControlPlane, type WholeControlPlane } from "../../kit/whole-control-plane.ts";
import { command, withFiles, type CommandResult } from "./command.ts";

describe("probeplane token", () => {
  let whole: WholeControlPlane;
  let home: string;
  before(async () => {
    home = await scratchFolder("home");
    whole = await startWholeControlPlane();
  });
  after(async () => {
    await whole.stop();
    await rm(home, { recursive: true, force: true });
  });

  const token = (...args: readonly string[]): Promise<CommandResult> => command(["token", ...args, "--address", whole.api], "", { HOME: home });

  async function made(...args: readonly string[]): Promise<string> {
    const { status, out, err } = await token(...args);
    assert.deepEqual([status, err], [0, ""]);
    return out.trim();
  }

  async function whoAmI(authorization: string): Promise<{ status: number; body: unknown }> {
    const reply = await fetch(`${whole.api}/who-am-i`, { headers: { connection: "close", authorization: `Bearer ${authorization}` } });
    return { status: reply.status, body: await reply.json() };
  }

  it("prints the administrator's token, and it is the administrator's", async () => {
    const { status, body } = await whoAmI(await made("admin"));
    assert.deepEqual([status, body], [200, { name: "mesh-system:admin", groups: ["mesh-system:admin", "mesh-system:authenticated"] }]);
  });

  it("prints tokens of proxies, users and zones, with how long they are good for said by the user", async () => {
    const proxy = decodeJwt(await made("dataplane", "--name", "web-1", "--tag", "kuma.io/service=web,shop", "--tag", "team=a", "--workload", "shop", "--valid-for", "720h"));
    assert.deepEqual([proxy["Name"], proxy["Mesh"], proxy["Tags"], proxy["Workload"]], ["web-1", "default", { "kuma.io/service": ["web", "shop"], team: ["a"] }, "shop"]);
    assert.equal((proxy.exp ?? 0) - (proxy.iat ?? 0), 720 * 3600);
    assert.deepEqual((await whoAmI(await made("user", "--name", "mia", "--group", "a", "--group", "b", "--valid-for", "1h"))).body, { name: "mia", groups: ["a", "b", "mesh-system:authenticated"] });
    assert.equal(decodeJwt(await made("zone", "--zone", "east", "--valid-for", "1h"))["Zone"], "east");
  });

  it("says what is missing or refused", async () => {
    const cases: readonly [readonly string[], number, RegExp][] = [
      [["dataplane"], 64, /--valid-for <duration>/],
      [["user", "--valid-for", "1h"], 64, /--name <name>/],
      [["dataplane", "--tag", "web", "--valid-for", "1h"], 64, /--tag "web": write name=value/],
      [["dataplane", "--valid-for", "soon"], 1, /validFor/],
      [["dataplane", "-m", "nowhere", "--valid-for", "1h"], 1, /Signing Key not found/],
      [["revoke"], 64, /-f, --file <file> is needed/],
      [["revoke", "-f", "/nowhere/token"], 64, /cannot read/],
      [["admin", "--data-dir", "/x"], 64, /--from-store/],
    ];
    for (const [args, status, told] of cases) {
      const result = await token(...args);
      assert.equal(result.status, status, args.join(" "));
      assert.match(result.err, told);
      assert.equal(result.out, "");
    }
  });

  it("revokes a token by itself and by its identifier, and keeps what was revoked before", async () => {
    const tokens = [await made("user", "--name", "a", "--valid-for", "1h"), await made("user", "--name", "b", "--valid-for", "1h"), await made("user", "--name", "c", "--valid-for", "1h")];
    await withFiles({ "a.token": `${tokens[0] ?? ""}\n` }, async (folder) => {
      assert.match(await made("revoke", "-f", path.join(folder, "a.token")), /^token [0-9a-f-]{36} is revoked$/);
      await made("revoke", "-f", path.join(folder, "a.token"));
    });
    await made("revoke", "--id", decodeJwt(tokens[1] ?? "").jti ?? "", "--sort", "user");
    assert.deepEqual(await Promise.all(tokens.map(async (one) => (await whoAmI(one)).status)), [401, 401, 200]);
    assert.equal((await command(["token", "revoke", "-f", "-", "--address", whole.api], "no token", { HOME: home })).status, 1);
  });

  it("rotates keys: the new one signs, the old ones verify", async () => {
    const old = await made("user", "--name", "old", "--valid-for", "1h");
    assert.deepEqual(await token("rotate", "user"), { status: 0, out: "user-token-signing-key-2 signs from now on\n", err: "still good: what was signed by user-token-signing-key-1; replace these tokens, then delete the secrets\n" });
    const young = await made("user", "--name", "young", "--valid-for", "1h");
    assert.deepEqual([old, young].map((one) => decodeProtectedHeader(one).kid), ["1", "2"]);
    for (const one of [old, young]) assert.equal((await whoAmI(one)).status, 200);
  });

  it("works over TLS with the administrator's token, and not without", async () => {
    const authority = path.join(whole.dataDir, "tls", "ca.crt");
    await withFiles({ "admin.token": await made("admin") }, async (folder) => {
      const args = ["token", "user", "--name", "mia", "--valid-for", "1h", "--address", `https://localhost:${whole.apiTlsPort}`];
      const shown = [...args, "--ca-cert-file", authority, "--token-file", path.join(folder, "admin.token")];
      assert.equal((await command(shown, "", { HOME: home })).status, 0);
      assert.equal((await command(args, "", { HOME: home })).status, 69, "the authority is not one that the machine trusts");
    });
  });

  it("does not read the store of a control plane that runs", async () => {
    const taken = await command(["token", "admin", "--from-store", "--data-dir", whole.dataDir], "", { HOME: home });
    assert.equal(taken.status, 69);
    assert.match(taken.err, /is in use by/);
    assert.equal(taken.out, "");
  });
});

describe("probeplane token admin --from-store", () => {
  it("prints the administrator's token where no control plane runs, and it is good when one does", async () => {
    const dataDir = await scratchFolder("stopped");
    const none = await command(["token", "admin", "--from-store", "--data-dir", dataDir]);
    assert.deepEqual([none.status, none.out], [1, ""]);
    await (await startWholeControlPlane([], dataDir)).stop();
    const { status, out } = await command(["token", "admin", "--from-store", "--data-dir", dataDir]);
    assert.equal(status, 0);
    const again = await startWholeControlPlane(["--api-loopback-is-admin=false"], dataDir);
    const reply = await fetch(`${again.api}/who-am-i`, { headers: { connection: "close", authorization: `Bearer ${out.trim()}` } });
    assert.equal(reply.status, 200);
    await again.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
});
