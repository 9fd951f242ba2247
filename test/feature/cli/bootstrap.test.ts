import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { envoyFor } from "../../kit/envoy-binary.ts";
import { command, withFiles } from "./command.ts";
import { dig } from "./dig.ts";

const run = promisify(execFile);

describe("probeplane bootstrap", () => {
  it("connects over one aggregated delta stream under the node id <mesh>.<name>", async () => {
    const { status, out } = await command(["bootstrap", "--dataplane", "web-1"]);
    assert.equal(status, 0);
    const document: unknown = parse(out);
    assert.deepEqual(dig(document, "node"), { id: "default.web-1", cluster: "web-1" });
    assert.equal(dig(document, "dynamic_resources", "ads_config", "api_type"), "DELTA_GRPC");
    assert.equal(dig(document, "dynamic_resources", "ads_config", "set_node_on_first_message_only"), true);
    assert.deepEqual(dig(document, "admin", "address", "socket_address"), { address: "127.0.0.1", port_value: 9901 });
  });

  it("says the same in JSON, and state of the world on request", async () => {
    const { out } = await command(["bootstrap", "--dataplane", "web-1", "--mesh", "demo", "--sotw", "--xds-address", "cp.example:15678", "--admin-port", "0", "-o", "json"]);
    const document: unknown = JSON.parse(out);
    assert.equal(dig(document, "node", "id"), "demo.web-1");
    assert.equal(dig(document, "dynamic_resources", "ads_config", "api_type"), "GRPC");
    const cluster = dig(document, "static_resources", "clusters", 0);
    assert.equal(dig(cluster, "type"), "STRICT_DNS");
    const address = dig(cluster, "load_assignment", "endpoints", 0, "lb_endpoints", 0, "endpoint", "address");
    assert.deepEqual(dig(address, "socket_address"), { address: "cp.example", port_value: 15678 });
  });

  it("connects with TLS and the token's file, or with the token itself", async () => {
    await withFiles({ "ca.pem": "a CA", token: "t.o%.k\n" }, async (folder) => {
      const tls = ["--xds-address", "cp.example:5678", "--ca-cert-file", path.join(folder, "ca.pem"), "--token-file", path.join(folder, "token")];
      const { out } = await command(["bootstrap", "--dataplane", "web-1", ...tls]);
      const service = dig(parse(out), "dynamic_resources", "ads_config", "grpc_services", 0, "google_grpc");
      assert.equal(dig(service, "target_uri"), "cp.example:5678");
      assert.doesNotMatch(out, /t\.o%/);
      const inline: unknown = parse((await command(["bootstrap", "--dataplane", "web-1", ...tls, "--inline-token"])).out);
      const sent = dig(inline, "dynamic_resources", "ads_config", "grpc_services", 0, "initial_metadata");
      assert.deepEqual(sent, [{ key: "authorization", value: "t.o%%.k" }]);
      assert.equal(dig(inline, "static_resources", "secrets", 0, "validation_context", "trusted_ca", "inline_string"), "a CA");
    });
  });

  it("is a bootstrap that Envoy takes", async function () {
    const envoy = await envoyFor(this);
    for (const variant of [["--delta"], ["--sotw", "--xds-address", "[::1]:5678"], ["--xds-address", "localhost:5678"]]) {
      const { out } = await command(["bootstrap", "--dataplane", "web-1", ...variant]);
      await withFiles({ "envoy.yaml": out }, (folder) => run(envoy, ["--mode", "validate", "-c", path.join(folder, "envoy.yaml")]));
    }
  });

  const refused: readonly [args: readonly string[], message: RegExp][] = [
    [[], /required option '--dataplane <name>'/],
    [["--dataplane", "web-1", "--mesh", "a.b"], /--mesh "a.b"/],
    [["--dataplane", "Web_1"], /--dataplane "Web_1"/],
    [["--dataplane", "w", "--xds-address", "5678"], /--xds-address.*host:port is needed/s],
    [["--dataplane", "w", "--admin-port", "70000"], /a port from 0 to 65535/],
    [["--dataplane", "w", "--token-file", "t"], /--token-file: .*--ca-cert-file, or --inline-token/],
    [["--dataplane", "w", "--inline-token"], /--inline-token: needs --token-file <file>/],
    [["--dataplane", "w", "--ca-cert-file", "nowhere.pem"], /--ca-cert-file: cannot read nowhere.pem/],
    [["--dataplane", "w", "--delta", "--sotw"], /--sotw.*--delta/],
    [["--dataplane", "w", "--xds-adress", "a:1"], /unknown option '--xds-adress'\n\(Did you mean --xds-address\?\)/],
  ];
  for (const [args, message] of refused) {
    it(`refuses ${args.join(" ") || "no name"}`, async () => {
      const { status, out, err } = await command(["bootstrap", ...args]);
      assert.equal(status, 64);
      assert.equal(out, "");
      assert.match(err, message);
    });
  }
});
