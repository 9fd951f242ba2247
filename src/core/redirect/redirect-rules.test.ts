import assert from "node:assert/strict";
import { inertSettings, redirectProblems } from "./check-settings.ts";
import { bringBack, layOver, rulesBefore } from "./lay-over.ts";
import { redirectArguments } from "./redirect-arguments.ts";
import { redirectRules } from "./redirect-rules.ts";
import { defaultRedirect, type RedirectSettings } from "./settings.ts";

const plainV4 = `*nat
:PROBEPLANE_INBOUND - [0:0]
:PROBEPLANE_OUTBOUND - [0:0]
-A PREROUTING -p tcp -j PROBEPLANE_INBOUND
-A OUTPUT -p tcp -j PROBEPLANE_OUTBOUND
-A PROBEPLANE_INBOUND -p tcp --dport 15020 -j RETURN
-A PROBEPLANE_INBOUND -p tcp --dport 15021 -j RETURN
-A PROBEPLANE_INBOUND -p tcp --dport 15090 -j RETURN
-A PROBEPLANE_INBOUND -p tcp -j REDIRECT --to-ports 15006
-A PROBEPLANE_OUTBOUND -p tcp -s 127.0.0.6/32 -o lo -j RETURN
-A PROBEPLANE_OUTBOUND -p tcp ! -d 127.0.0.0/8 -o lo -m owner --uid-owner 1337 -j PROBEPLANE_INBOUND
-A PROBEPLANE_OUTBOUND -p tcp ! -d 127.0.0.0/8 -o lo -m owner --gid-owner 1337 -j PROBEPLANE_INBOUND
-A PROBEPLANE_OUTBOUND -p tcp -m owner --uid-owner 1337 -j RETURN
-A PROBEPLANE_OUTBOUND -p tcp -m owner --gid-owner 1337 -j RETURN
-A PROBEPLANE_OUTBOUND -p tcp -o lo -j RETURN
-A PROBEPLANE_OUTBOUND -p tcp -j REDIRECT --to-ports 15001
COMMIT
`;

/** The rules of a chain, without what all of them begin with. */
function rulesOf(chain: "INBOUND" | "OUTBOUND", settings: Partial<RedirectSettings>, family: "v4" | "v6" = "v4"): readonly string[] {
  const begin = `-A PROBEPLANE_${chain} -p tcp `;
  const lines = (redirectRules({ ...defaultRedirect, ...settings })[family] ?? "").split("\n");
  return lines.filter((line) => line.startsWith(begin)).map((line) => line.slice(begin.length));
}

describe("the rules of redirection", () => {
  it("lead everything to the sidecar but what is its own", () => {
    assert.equal(redirectRules({ ...defaultRedirect, ipFamilyMode: "IPv4" }).v4, plainV4);
  });

  it("are the same for IPv6, with its addresses", () => {
    const v6 = plainV4.replaceAll("127.0.0.6/32", "::6/128").replaceAll("127.0.0.0/8", "::1/128");
    assert.deepEqual(redirectRules(defaultRedirect), { v4: plainV4, v6 });
    assert.deepEqual(redirectRules({ ...defaultRedirect, ipFamilyMode: "IPv6" }), { v6 });
  });

  it("leave excluded ports alone before anything else, and the status port wherever it is", () => {
    const settings: Partial<RedirectSettings> = { statusPort: 15_920, excludeInboundPorts: [{ from: 9102, to: 9102 }, { from: 8000, to: 8010 }], inboundPort: 20_006 };
    assert.deepEqual(rulesOf("INBOUND", settings), [
      "--dport 15020 -j RETURN", "--dport 15021 -j RETURN", "--dport 15090 -j RETURN", "--dport 15920 -j RETURN",
      "--dport 9102 -j RETURN", "--dport 8000:8010 -j RETURN", "-j REDIRECT --to-ports 20006",
    ]);
  });

  it("redirect included ports only, without what is excluded", () => {
    const rules = rulesOf("INBOUND", { includeInboundPorts: [{ from: 8080, to: 8090 }], excludeInboundPorts: [{ from: 8085, to: 8085 }] });
    assert.deepEqual(rules.slice(3), ["--dport 8085 -j RETURN", "--dport 8080:8090 -j REDIRECT --to-ports 15006"]);
    assert.deepEqual(rulesOf("INBOUND", { includeInboundPorts: [] }).slice(3), []);
  });

  it("give each family the addresses of its own", () => {
    const settings: Partial<RedirectSettings> = {
      includeOutboundCidrs: ["10.0.0.0/8", "fd00::/8"], includeOutboundPorts: [{ from: 6379, to: 6379 }],
      excludeOutboundPorts: [{ from: 5432, to: 5432 }], excludeOutboundCidrs: ["10.9.0.0/16", "fd00:9::/32"],
    };
    assert.deepEqual(rulesOf("OUTBOUND", settings).slice(6), [
      "--dport 5432 -j RETURN", "-d 10.9.0.0/16 -j RETURN", "--dport 6379 -j REDIRECT --to-ports 15001", "-d 10.0.0.0/8 -j REDIRECT --to-ports 15001",
    ]);
    assert.deepEqual(rulesOf("OUTBOUND", settings, "v6").slice(6), [
      "--dport 5432 -j RETURN", "-d fd00:9::/32 -j RETURN", "--dport 6379 -j REDIRECT --to-ports 15001", "-d fd00::/8 -j REDIRECT --to-ports 15001",
    ]);
  });

  it("are told when they cannot be", () => {
    assert.deepEqual(redirectProblems(defaultRedirect), []);
    assert.deepEqual(redirectProblems({ ...defaultRedirect, inboundPort: 15_021, outboundPort: 15_021 }), [
      "--inbound-port: 15021 is a port of the sidecar that nothing is redirected to",
      "--outbound-port: 15021 is a port of the sidecar that nothing is redirected to",
      "--outbound-port: 15021 is where connections to the pod go; those of the pod need another one",
    ]);
  });

  it("are told when a setting changes nothing in them", () => {
    assert.deepEqual(inertSettings(defaultRedirect), []);
    const ports = [{ from: 80, to: 80 }];
    const [first] = inertSettings({ ...defaultRedirect, includeOutboundPorts: ports });
    assert.match(first ?? "", /^--include-outbound-ports changes nothing: every address is redirected/);
    assert.equal(inertSettings({ ...defaultRedirect, includeInboundPorts: [], excludeInboundPorts: ports, includeOutboundCidrs: [], excludeOutboundCidrs: ["10.0.0.0/8"] }).length, 2);
  });
});

describe("rules laid over what is there", () => {
  const empty = "# Generated\n*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";
  const others = "-A PREROUTING -p tcp -j ISTIO_INBOUND\n-A OUTPUT -d 10.0.0.53/32 -p udp -j DNAT --to-destination 10.0.0.54\n-A OUTPUT -p tcp -j CILIUM_OUTPUT";
  const laid = empty.replace("COMMIT", `:PROBEPLANE_INBOUND - [0:0]\n:PROBEPLANE_OUTBOUND - [0:0]\n${others}\n-A PREROUTING -p tcp -j PROBEPLANE_INBOUND\n-A OUTPUT -p tcp -j PROBEPLANE_OUTBOUND\n-A PROBEPLANE_INBOUND -p tcp -j REDIRECT --to-ports 1\nCOMMIT`);

  it("are themselves where nothing is", () => {
    assert.equal(layOver(plainV4, empty), plainV4);
  });

  it("replace the ways in that are there, and no rule of others", () => {
    const lines = layOver(plainV4, laid).split("\n");
    assert.deepEqual(lines.slice(3, 7), [
      "-D PREROUTING -p tcp -j PROBEPLANE_INBOUND", "-D OUTPUT -p tcp -j PROBEPLANE_OUTBOUND",
      "-A PREROUTING -p tcp -j PROBEPLANE_INBOUND", "-A OUTPUT -p tcp -j PROBEPLANE_OUTBOUND",
    ]);
    assert.equal(lines.filter((line) => line.startsWith("-D ")).length, 2);
  });

  it("can be taken back: to nothing, or to what was", () => {
    const deleted = ["-D PREROUTING -p tcp -j PROBEPLANE_INBOUND", "-D OUTPUT -p tcp -j PROBEPLANE_OUTBOUND"];
    const chains = [":PROBEPLANE_INBOUND - [0:0]", ":PROBEPLANE_OUTBOUND - [0:0]"];
    assert.deepEqual(bringBack(empty).trim().split("\n"), ["*nat", ...chains, ...deleted, "-X PROBEPLANE_INBOUND", "-X PROBEPLANE_OUTBOUND", "COMMIT"]);
    assert.deepEqual(bringBack(laid).trim().split("\n"), [
      "*nat", ...chains, ...deleted, ...deleted.map((line) => line.replace("-D", "-A")), "-A PROBEPLANE_INBOUND -p tcp -j REDIRECT --to-ports 1", "COMMIT",
    ]);
  });

  it("name those of others that see a connection first", () => {
    assert.deepEqual(rulesBefore(laid), ["-A PREROUTING -p tcp -j ISTIO_INBOUND"]);
  });
});

describe("arguments of the init container", () => {
  it("are none for the defaults, but for the family", () => {
    assert.deepEqual(redirectArguments(defaultRedirect), ["--ip-family-mode=dualstack"]);
    assert.deepEqual(redirectArguments({ ...defaultRedirect, excludeInboundPorts: [{ from: 8000, to: 8010 }, { from: 9102, to: 9102 }], includeInboundPorts: [], proxyUid: 5 }), [
      "--proxy-uid=5", "--include-inbound-ports=", "--exclude-inbound-ports=8000-8010,9102", "--ip-family-mode=dualstack",
    ]);
  });
});
