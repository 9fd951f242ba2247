import assert from "node:assert/strict";
import type { Config } from "./config.ts";
import { formatConfigFile } from "./format-config-file.ts";
import { loadConfig } from "./load-config.ts";
import { envOf } from "./option.ts";
import { options } from "./options.ts";

function loaded(argv: readonly string[], text?: string): Config {
  const result = loadConfig(argv, { HOME: "/srv/mia" }, text === undefined ? undefined : { name: "pp.yaml", text });
  assert.ok(result.ok, result.ok ? "" : result.problems.join("\n"));
  return result.config;
}

describe("the configuration as a file", () => {
  it("gives the same configuration when it is read again, whatever is set", () => {
    const all = [
      ...["--store=memory", "--data-dir=/d: #", "--log-level=info,xds=debug", "--max-body-size=3000", "--insecure-api-plaintext", "--api-listen=[::]:1"],
      ...["--tls-names=a.example,::1", "--api-loopback-is-admin=false", "--quiet-time=7ms", "--compatibility-tcp-payload=text", "--api-answer-as-kuma=2.14.0"],
    ];
    for (const argv of [[], all, all.slice(0, 5), all.slice(7, 8), ["--environment=kubernetes", "--kubernetes-lease-duration=3s"]]) {
      const config = loaded(argv);
      assert.deepEqual(loaded([], formatConfigFile(config)), config);
    }
  });

  it("has every option, with its environment variable; as a comment when it has its default", () => {
    const text = formatConfigFile(loaded(["--quiet-time", "7ms", "--compatibility-tcp-payload=text"]));
    for (const name of Object.keys(options)) {
      assert.ok(text.includes(`(env ${envOf(name)}, default `), name);
      assert.match(text, new RegExp(`^ *(# )?${name.split(".").at(-1) ?? ""}:`, "m"), name);
    }
    const set = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
    assert.deepEqual(set, ["dataDir: /srv/mia/.local/state/probeplane", "quietTime: 7ms", "compatibility:", "  tcpPayload: text"]);
  });

  it("shows no password, and says where to give it", () => {
    const text = formatConfigFile(loaded(["--store", "postgres", "--postgres-url", "postgres://mia:secret@host/db"]));
    assert.ok(!text.includes("secret@"));
    assert.match(text, /not shown: give it in PROBEPLANE_POSTGRES_URL\.\n# postgresUrl: postgres:\/\/mia:\*{5}@host\/db$/m);
  });
});
