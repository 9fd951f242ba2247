import assert from "node:assert/strict";
import { redirectRules } from "../../core/redirect/redirect-rules.ts";
import { defaultRedirect } from "../../core/redirect/settings.ts";
import { layRules } from "./lay-rules.ts";
import { ownFamilies } from "./own-families.ts";
import type { ProgramEnd, RunProgram } from "./run-program.ts";

const rules = redirectRules(defaultRedirect);
const nothing = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";

interface Machine {
  readonly run: RunProgram;
  /** Every text that was taken, with the program that took it. */
  readonly taken: (readonly [program: string, text: string])[];
  /** Every program that was run, with a mark where it was only a test. */
  readonly ran: string[];
}

/** A machine whose programs succeed, but for those of `fails`: by name, a test of theirs by `name --test`. Undefined: it has none of that name. */
function machine(fails: Readonly<Record<string, string | undefined>>, saved = nothing): Machine {
  const [taken, ran]: [[string, string][], string[]] = [[], []];
  const run: RunProgram = (program, args, input = "") => {
    const test = args.includes("--test");
    const name = test ? `${program} --test` : program;
    ran.push(name);
    const end = (status: number | undefined, stderr = ""): Promise<ProgramEnd> => Promise.resolve({ status, stdout: program.endsWith("-save") ? saved : "", stderr });
    // A text that takes back is taken.
    if (Object.hasOwn(fails, name) && !input.includes("-X ")) return end(fails[name] === undefined ? undefined : 2, fails[name]);
    if (program.endsWith("-restore") && !test) taken.push([program, input]);
    return end(0);
  };
  return { run, taken, ran };
}

describe("rules that are laid", () => {
  it("are laid family by family, once both are known to be taken", async () => {
    const { run, taken, ran } = machine({});
    assert.deepEqual(await layRules(rules, run), { by: ["iptables", "ip6tables"], warnings: [] });
    assert.deepEqual(taken, [["iptables-restore", rules.v4], ["ip6tables-restore", rules.v6]]);
    assert.deepEqual(ran, ["iptables-save", "iptables-restore --test", "ip6tables-save", "ip6tables-restore --test", "ip", "iptables-restore", "ip6tables-restore"]);
  });

  it("ask for nothing of a family that is not redirected", async () => {
    const { run, ran } = machine({});
    await layRules({ v4: rules.v4 ?? "" }, run);
    assert.deepEqual(ran, ["iptables-save", "iptables-restore --test", "iptables-restore"]);
  });

  it("are taken by the kind of iptables that the kernel knows", async () => {
    const { run, taken } = machine({
      "iptables-save": "Could not fetch rule set generation id: Invalid argument", "iptables-nft-save": undefined,
      "ip6tables-restore --test": "unable to initialize table 'nat'",
    });
    assert.deepEqual((await layRules(rules, run)).by, ["iptables-legacy", "ip6tables-nft"]);
    assert.deepEqual(taken.map(([program]) => program), ["iptables-legacy-restore", "ip6tables-nft-restore"]);
  });

  it("are not laid at all where one family cannot be, and each program's reason is told", async () => {
    const { run, taken } = machine({ "ip6tables-save": "no table", "ip6tables-nft-save": "no nft", "ip6tables-legacy-save": undefined });
    await assert.rejects(layRules(rules, run), /^RedirectFailure: ip6tables: connections cannot be redirected: ip6tables-save: no table\nip6tables-nft-save: no nft\nwith --ip-family-mode=ipv4, IPv6 is left alone/);
    assert.deepEqual(taken, []);
  });

  it("say what they need where they are not allowed", async () => {
    const denied = "Permission denied (you must be root)";
    const { run } = machine({ "iptables-save": denied, "iptables-nft-save": denied, "iptables-legacy-save": denied });
    await assert.rejects(layRules(rules, run), /\nit takes the user root with the capabilities NET_ADMIN and NET_RAW$/);
  });

  it("say so where there is no iptables, or no ip", async () => {
    const without = { "iptables-save": undefined, "iptables-nft-save": undefined, "iptables-legacy-save": undefined };
    await assert.rejects(layRules(rules, machine(without).run), /there is no iptables-save on the PATH/);
    const { run, taken } = machine({ ip: undefined });
    await assert.rejects(layRules(rules, run), /there is no ip on the PATH/);
    assert.deepEqual(taken, []);
  });

  it("are taken back where the second family fails after all", async () => {
    const { run, taken } = machine({ "ip6tables-restore": "line 5 failed" });
    await assert.rejects(layRules(rules, run), /ip6tables: connections cannot be redirected: line 5 failed/);
    assert.deepEqual(taken.map(([program]) => program), ["iptables-restore", "iptables-restore"]);
    assert.match(taken[1]?.[1] ?? "", /-D PREROUTING[^]*-X PROBEPLANE_OUTBOUND\nCOMMIT/);
  });

  it("tell whose rules come first", async () => {
    const { run } = machine({}, nothing.replace("COMMIT", "-A OUTPUT -p tcp -j ISTIO_OUTPUT\nCOMMIT"));
    assert.deepEqual((await layRules({ v4: rules.v4 ?? "" }, run)).warnings, ["iptables: a rule of somebody else sees connections before ours: -A OUTPUT -p tcp -j ISTIO_OUTPUT"]);
  });
});

describe("families of a network namespace", () => {
  const ipv4 = { address: "10.0.0.2", netmask: "", mac: "", internal: false, cidr: null, family: "IPv4" } as const;
  const ipv6 = { ...ipv4, address: "fd00::2", family: "IPv6", scopeid: 0 } as const;

  it("are those of its addresses, without loopback and what every interface gives itself", () => {
    const lo = [{ ...ipv4, internal: true }, { ...ipv6, internal: true }];
    assert.equal(ownFamilies({ lo, eth0: [ipv4, { ...ipv6, address: "fe80::1", scopeid: 2 }] }), "IPv4");
    assert.equal(ownFamilies({ lo, eth0: [ipv4, ipv6] }), "DualStack");
    assert.equal(ownFamilies({ lo, eth0: [ipv6] }), "IPv6");
    assert.equal(ownFamilies({ lo }), "IPv4");
  });
});
