import assert from "node:assert/strict";
import { bringBack } from "../../src/core/redirect/lay-over.ts";
import { redirectRules } from "../../src/core/redirect/redirect-rules.ts";
import { defaultRedirect, type RedirectSettings } from "../../src/core/redirect/settings.ts";
import { layRules } from "../../src/edge/redirect/lay-rules.ts";
import type { RunProgram } from "../../src/edge/redirect/run-program.ts";
import { Namespace } from "../kit/pods/pod.ts";
import { whyNoPods } from "../kit/pods/pods-for.ts";
import { runIn } from "../kit/pods/redirect.ts";
import { skipBecause } from "../kit/skip.ts";

/** One of everything that can be said. */
const everything: RedirectSettings = {
  ...defaultRedirect,
  statusPort: 15_920,
  includeInboundPorts: [{ from: 8000, to: 9000 }],
  excludeInboundPorts: [{ from: 8080, to: 8080 }, { from: 8500, to: 8510 }],
  includeOutboundCidrs: ["10.0.0.0/8", "fd00::/8"],
  includeOutboundPorts: [{ from: 6379, to: 6380 }],
  excludeOutboundPorts: [{ from: 5432, to: 5432 }],
  excludeOutboundCidrs: ["10.9.0.0/16", "fd00:9::/32"],
};

describe("rules of redirection, with the kernel's iptables in a network namespace", () => {
  let space: Namespace;
  let run: RunProgram;

  before(async function () {
    const reason = await whyNoPods();
    if (reason !== undefined) skipBecause(this, reason);
  });
  beforeEach(async () => {
    space = await Namespace.make();
    run = runIn(space);
    await space.shell(["ip link set lo up"]);
  });
  afterEach(() => space.close());

  /** Everything in the table `nat`, without what changes from one moment to the next. */
  async function stateOf(program: string): Promise<readonly string[]> {
    const { stdout } = await run(`${program}-save`, ["-t", "nat"]);
    return stdout.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => line.replace(/\[\d+:\d+\]$/, ""));
  }

  it("are the same after a second run, and after one with other settings and back", async () => {
    await space.shell(["iptables -t nat -A OUTPUT -p udp --dport 53 -j RETURN", "iptables -t nat -N OTHERS"]);
    await layRules(redirectRules(defaultRedirect), run);
    const first = [await stateOf("iptables"), await stateOf("ip6tables")];
    assert.equal(first.flat().filter((line) => line.includes("REDIRECT")).length, 4);
    await layRules(redirectRules(defaultRedirect), run);
    assert.deepEqual([await stateOf("iptables"), await stateOf("ip6tables")], first);
    await layRules(redirectRules(everything), run);
    assert.notDeepEqual([await stateOf("iptables"), await stateOf("ip6tables")], first);
    await layRules(redirectRules(defaultRedirect), run);
    assert.deepEqual([await stateOf("iptables"), await stateOf("ip6tables")], first);
    assert.equal(first[0]?.filter((line) => line.includes("--dport 53") || line.includes("OTHERS")).length, 2);
  });

  it("mean in the kernel what they say", async () => {
    await layRules(redirectRules(everything), run);
    const rules = (await stateOf("ip6tables")).filter((line) => line.startsWith("-A PROBEPLANE_"));
    assert.deepEqual(rules.map((line) => line.replace("-A PROBEPLANE_", "").replace("-m tcp ", "")), [
      ...[15020, 15021, 15090, 15920, 8080].map((port) => `INBOUND -p tcp --dport ${port} -j RETURN`),
      "INBOUND -p tcp --dport 8500:8510 -j RETURN",
      "INBOUND -p tcp --dport 8000:9000 -j REDIRECT --to-ports 15006",
      "OUTBOUND -s ::6/128 -o lo -p tcp -j RETURN",
      "OUTBOUND ! -d ::1/128 -o lo -p tcp -m owner --uid-owner 1337 -j PROBEPLANE_INBOUND",
      "OUTBOUND ! -d ::1/128 -o lo -p tcp -m owner --gid-owner 1337 -j PROBEPLANE_INBOUND",
      "OUTBOUND -p tcp -m owner --uid-owner 1337 -j RETURN",
      "OUTBOUND -p tcp -m owner --gid-owner 1337 -j RETURN",
      "OUTBOUND -o lo -p tcp -j RETURN",
      "OUTBOUND -p tcp --dport 5432 -j RETURN",
      "OUTBOUND -d fd00:9::/32 -p tcp -j RETURN",
      "OUTBOUND -p tcp --dport 6379:6380 -j REDIRECT --to-ports 15001",
      "OUTBOUND -d fd00::/8 -p tcp -j REDIRECT --to-ports 15001",
    ]);
    assert.match((await run("ip", ["-6", "addr", "show", "dev", "lo"])).stdout, /inet6 ::6\/128/);
  });

  for (const kind of ["nft", "legacy"]) {
    it(`are taken by iptables-${kind} where the machine's own iptables does not work, and can be taken back`, async function () {
      if ((await run(`iptables-${kind}-save`, ["-t", "nat"])).status !== 0) skipBecause(this, `there is no iptables-${kind} for this kernel`);
      const before = await stateOf(`iptables-${kind}`);
      const broken: RunProgram = (program, args, input) => run(program === "iptables-save" ? "false" : program, args, input);
      const other: RunProgram = (program, args, input) => broken(kind === "legacy" && program === "iptables-nft-save" ? "false" : program, args, input);
      const { v4 = "" } = redirectRules(defaultRedirect);
      assert.deepEqual((await layRules({ v4 }, other)).by, [`iptables-${kind}`]);
      assert.notDeepEqual(await stateOf(`iptables-${kind}`), before);
      const { status, stderr } = await run(`iptables-${kind}-restore`, ["--noflush"], bringBack(before.join("\n")));
      assert.deepEqual([status, stderr], [0, ""]);
      assert.deepEqual(await stateOf(`iptables-${kind}`), before);
    });
  }

  it("are all as they were when they cannot be laid", async () => {
    await layRules(redirectRules(defaultRedirect), run);
    const before = await stateOf("iptables");
    const without: RunProgram = (program, args, input) => run(program.startsWith("ip6tables") ? "false" : program, args, input);
    await assert.rejects(layRules(redirectRules(everything), without), /ip6tables: connections cannot be redirected/);
    assert.deepEqual(await stateOf("iptables"), before);
  });
});
