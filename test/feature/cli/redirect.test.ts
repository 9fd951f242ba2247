import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPorts, parsePorts, type PortRange } from "../../../src/core/redirect/port-ranges.ts";
import { redirectArguments } from "../../../src/core/redirect/redirect-arguments.ts";
import { redirectRules } from "../../../src/core/redirect/redirect-rules.ts";
import { defaultRedirect, type RedirectSettings } from "../../../src/core/redirect/settings.ts";
import { command } from "./command.ts";

const dryRun = (...args: readonly string[]): ReturnType<typeof command> => command(["redirect", "--dry-run", ...args]);

/** What iptables-restore and ip6tables-restore would be given. */
function textsOf(out: string): readonly string[] {
  return out.split(/^#.*\n/m).filter((text) => text !== "");
}

describe("probeplane redirect --dry-run", () => {
  it("prints what iptables-restore takes, both families or one", async () => {
    const { v4, v6 } = redirectRules(defaultRedirect);
    const both = await dryRun("--ip-family-mode", "dualstack");
    assert.deepEqual([both.status, both.err, textsOf(both.out)], [0, "", [v4, v6]]);
    assert.match(both.out, /^# iptables-restore --noflush\n\*nat\n[^#]*\n# ip -6 addr replace ::6\/128 dev lo\n# ip6tables-restore --noflush\n\*nat\n/);
    assert.deepEqual(textsOf((await dryRun("--ip-family-mode", "ipv4")).out), [v4]);
    assert.deepEqual(textsOf((await dryRun("--ip-family-mode", "ipv6")).out), [v6]);
  });

  it("says that a setting changes nothing, beside the rules", async () => {
    const { status, err, out } = await dryRun("--include-outbound-ports", "6379");
    assert.equal(status, 0);
    assert.match(err, /^warning: --include-outbound-ports changes nothing/);
    assert.match(out, /--to-ports 15001\nCOMMIT/);
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["--exclude-inbound-ports", "http,0"], /--exclude-inbound-ports.*"http" is no port.*; "0": a port is from 1 to 65535/],
    [["--include-inbound-ports", "*,80"], /"\*" is no port/],
    [["--include-outbound-cidrs", "10.0.0.0/33"], /"10\.0\.0\.0\/33" is no range of addresses/],
    [["--inbound-port", "0"], /a port from 1 to 65535 is needed/],
    [["--proxy-uid", "envoy"], /a number from 0 to 4294967294 is needed/],
    [["--ip-family-mode", "ipv5"], /Allowed choices are auto, ipv4, ipv6, dualstack/],
    [["--inbound-port", "15021", "--outbound-port", "15021"], /--inbound-port: 15021 is a port of the sidecar[^]*--outbound-port: 15021 is where connections to the pod go/],
  ];
  for (const [args, said] of wrong) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { status, err, out } = await dryRun(...args);
      assert.deepEqual([status, out], [64, ""]);
      assert.match(err, said);
    });
  }

  it("understands what an init container is given, whatever its settings", async () => {
    await fc.assert(fc.asyncProperty(anySettings, async (settings) => {
      const { status, out, err } = await dryRun(...redirectArguments(settings));
      const { v4, v6 } = redirectRules(settings);
      assert.deepEqual([status, textsOf(out)], [0, [v4, v6].filter((text) => text !== undefined)], err);
    }), { numRuns: 60 });
  });
});

const port = fc.integer({ min: 1, max: 14_999 });
const ports: fc.Arbitrary<readonly PortRange[]> = fc.array(fc.tuple(port, port), { maxLength: 4 }).map((pairs) => {
  const parsed = parsePorts(formatPorts(pairs.map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))));
  assert.ok(parsed.ok);
  return parsed.ports;
});
const cidrs = fc.uniqueArray(fc.constantFrom("10.0.0.0/8", "192.168.1.1/32", "fd00::/8", "::1/128"), { maxLength: 4 });
const anySettings: fc.Arbitrary<RedirectSettings> = fc.record({
  inboundPort: fc.constantFrom(15_006, 20_006),
  outboundPort: fc.constantFrom(15_001, 20_001),
  statusPort: fc.constantFrom(15_020, 15_920),
  proxyUid: fc.nat(),
  proxyGid: fc.nat(),
  includeInboundPorts: fc.oneof(fc.constant("*" as const), ports),
  excludeInboundPorts: ports,
  includeOutboundCidrs: fc.oneof(fc.constant("*" as const), cidrs),
  includeOutboundPorts: ports,
  excludeOutboundPorts: ports,
  excludeOutboundCidrs: cidrs,
  ipFamilyMode: fc.constantFrom("IPv4", "IPv6", "DualStack"),
});
