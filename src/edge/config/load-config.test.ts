import assert from "node:assert/strict";
import type { Config } from "./config.ts";
import { configFileName, loadConfig } from "./load-config.ts";
import { showConfig } from "./redact.ts";

function loaded(argv: readonly string[], env: Readonly<Record<string, string>> = {}, text?: string): Config {
  const result = loadConfig(argv, { HOME: "/srv/mia", ...env }, text === undefined ? undefined : { name: "pp.yaml", text });
  assert.ok(result.ok, result.ok ? "" : result.problems.join("\n"));
  return result.config;
}

function problems(argv: readonly string[], env: Readonly<Record<string, string>> = {}, text?: string): readonly string[] {
  const result = loadConfig(argv, { HOME: "/srv/mia", ...env }, text === undefined ? undefined : { name: "pp.yaml", text });
  assert.ok(!result.ok, "was accepted");
  return result.problems;
}

describe("loading the configuration", () => {
  it("gives every default", () => {
    assert.deepEqual(loaded([]), {
      environment: "universal",
      store: "sqlite",
      dataDir: "/srv/mia/.local/state/probeplane",
      postgresUrl: undefined,
      postgresTimeout: 5000,
      postgresResync: 30_000,
      resourcesDir: undefined,
      apiListen: { host: "127.0.0.1", port: 5681 },
      xdsListen: { host: "127.0.0.1", port: 5678 },
      diagnosticsListen: { host: "127.0.0.1", port: 5680 },
      logLevel: { level: "info", components: {} },
      logFormat: "json",
      quietTime: 5,
      maxDelay: 100,
      drainGrace: 5000,
      maxConnections: 10_000,
      maxBodySize: 1024 * 1024,
      compatibility: { tcpPayload: "base64", httpStatusThreshold: "count" },
      retries: { default: "by-method" },
      mtls: { announceTime: 600_000 },
      insecure: { apiPlaintext: false, xdsPlaintext: false, noDataplaneTokens: false },
      api: {
        tlsListen: { host: "127.0.0.1", port: 5682 }, tlsCert: undefined, tlsKey: undefined, loopbackIsAdmin: true,
        maxConnections: 10_000, maxRequestsPerSecond: 5000, requestTimeout: 30_000, answerAsKuma: undefined,
      },
      xds: {
        tlsCert: undefined, tlsKey: undefined, tlsCa: undefined, firstRequestTimeout: 10_000, idleTimeout: 60_000, sendTimeout: 60_000,
        maxRequestsPerSecond: 1000, maxRequestSize: 4 * 1024 * 1024,
      },
      tls: { names: [] },
      bootstrap: { reloadableTokens: false },
      directDataplanes: { removeAfter: 10_000 },
      kubernetes: {
        kubeconfig: undefined, namespace: undefined, podName: undefined, serviceName: "probeplane",
        systemNamespaces: ["probeplane-system", "kong-mesh-system", "kuma-system"], tokenAudience: "probeplane",
        certificateSecret: "probeplane-certificates", caConfigMap: "probeplane-ca", leaseName: "probeplane-leader", leaseDuration: 15_000,
      },
      webhook: { enabled: true, listen: { host: "127.0.0.1", port: 5443 }, configuration: "probeplane-validating-webhook", tlsCert: undefined, tlsKey: undefined },
      injector: { enabled: true, configuration: "probeplane-sidecar-injector", configMap: "istio-sidecar-injector" },
    });
  });

  it("refuses what means nothing in the environment that is asked for, wherever it is set", () => {
    assert.deepEqual(problems(["--environment", "kubernetes", "--store=memory"], { PROBEPLANE_DATA_DIR: "/d" }, "resourcesDir: /r\n"), [
      "pp.yaml: resourcesDir: means nothing with --environment kubernetes, where the API server keeps everything",
      "PROBEPLANE_DATA_DIR: means nothing with --environment kubernetes, where the API server keeps everything",
      "--store: means nothing with --environment kubernetes, where the API server keeps everything",
    ]);
    assert.deepEqual(problems(["--kubernetes-token-audience", "us"]), ["--kubernetes-token-audience: needs --environment kubernetes"]);
    assert.equal(loaded(["--environment=kubernetes", "--kubernetes-namespace", "mesh"]).kubernetes.namespace, "mesh");
  });

  it("refuses names that Kubernetes would not take, a Lease of half seconds, and a webhook's certificate without its key", () => {
    const argv = ["--environment=kubernetes", "--kubernetes-pod-name", "Not_One", "--kubernetes-lease-duration=1500ms", "--webhook-tls-cert=/c"];
    assert.deepEqual(problems(argv), [
      '--kubernetes-pod-name: "Not_One" is not a name of an object in Kubernetes',
      "--kubernetes-lease-duration: has to be whole seconds, at least one",
      "--webhook-tls-cert: needs --webhook-tls-key",
    ]);
  });

  it("keeps its state where XDG_STATE_HOME says, unless that is relative", () => {
    assert.equal(loaded([], { XDG_STATE_HOME: "/var/state" }).dataDir, "/var/state/probeplane");
    assert.equal(loaded([], { XDG_STATE_HOME: "state" }).dataDir, "/srv/mia/.local/state/probeplane");
  });

  it("lets the file win over defaults, the environment over the file and flags over all", () => {
    const file = "store: memory\nlogFormat: text\nquietTime: 7ms\ncompatibility:\n  tcpPayload: text\n";
    const env = { PROBEPLANE_LOG_FORMAT: "json", PROBEPLANE_QUIET_TIME: "8ms" };
    const config = loaded(["--quiet-time", "9ms"], env, file);
    assert.equal(config.store, "memory");
    assert.equal(config.logFormat, "json");
    assert.equal(config.quietTime, 9);
    assert.equal(config.compatibility.tcpPayload, "text");
  });

  it("reads every kind of value from a flag", () => {
    const config = loaded([
      ...["--data-dir=/d", "--api-listen", "[::1]:0", "--log-level", "warn,xds=debug", "--drain-grace=1m30s"],
      ...["--max-connections", "7", "--max-body-size=2KiB", "--insecure-xds-plaintext", "--xds-listen", ":5678"],
      ...["--tls-names", "cp.example.com, 10.0.0.1,::1", "--api-loopback-is-admin=false"],
    ]);
    assert.equal(config.dataDir, "/d");
    assert.deepEqual(config.apiListen, { host: "::1", port: 0 });
    assert.deepEqual(config.logLevel, { level: "warn", components: { xds: "debug" } });
    assert.equal(config.drainGrace, 90_000);
    assert.equal(config.maxConnections, 7);
    assert.equal(config.maxBodySize, 2048);
    assert.equal(config.insecure.xdsPlaintext, true);
    assert.deepEqual(config.tls.names, ["cp.example.com", "10.0.0.1", "::1"]);
    assert.equal(config.api.loopbackIsAdmin, false);
    assert.deepEqual(config.xdsListen, { host: "::", port: 5678 });
  });

  it("tells all problems of all places at once", () => {
    const found = problems(
      ["--stroe", "memory", "--api-listen", "127.0.0.1:99999", "--max-connections", "0"],
      { PROBEPLANE_LOG_FORMAT: "yaml", PROBEPLANE_XDS_LISTN: "127.0.0.1:1" },
      "quietTime: 5\ncompatibility:\n  tcpPayloud: text\n",
    );
    assert.deepEqual(found, [
      "pp.yaml: compatibility.tcpPayloud: there is no such option; did you mean compatibility.tcpPayload?",
      "PROBEPLANE_XDS_LISTN: there is no such setting; did you mean PROBEPLANE_XDS_LISTEN?",
      "--stroe: there is no such option; did you mean --store?",
      'pp.yaml: quietTime: "5" is not a duration, as 500ms or 1m30s are',
      'PROBEPLANE_LOG_FORMAT: "yaml" is not one of json, text',
      '--api-listen: "127.0.0.1:99999" has the port 99999, and ports end at 65535',
      '--max-connections: "0" is not a whole number from 1 on',
    ]);
  });

  it("names the nearest known value, level and component", () => {
    assert.deepEqual(problems(["--store", "sqllite"]), ['--store: "sqllite" is not one of sqlite, postgres, memory, file; did you mean sqlite?']);
    assert.match(problems(["--log-level", "inof"])[0] ?? "", /^--log-level: "inof" is not a level .*; did you mean info\?$/);
    assert.match(problems(["--log-level", "info,pipelin=debug"])[0] ?? "", /"pipelin" is not a component .*; did you mean pipeline\?$/);
  });

  it("wants it spelled out when the API can be reached from elsewhere without TLS", () => {
    for (const address of ["0.0.0.0:7000", "[::]:7000", ":7000", "10.0.0.1:7000", "node-1:7000"]) {
      assert.match(problems(["--api-listen", address])[0] ?? "", /^--api-listen: .* say --insecure-api-plaintext$/);
      loaded(["--api-listen", address, "--insecure-api-plaintext"]);
      for (const listen of ["--api-tls-listen", "--xds-listen", "--diagnostics-listen"]) loaded([listen, address]);
    }
    for (const address of ["localhost:7000", "127.9.9.9:7000", "[::1]:7000"]) loaded(["--api-listen", address]);
  });

  it("wants a certificate and its key together", () => {
    assert.deepEqual(problems(["--xds-tls-cert", "a", "--api-tls-key", "b"]), ["--api-tls-key: needs --api-tls-cert", "--xds-tls-cert: needs --xds-tls-key"]);
    assert.deepEqual(problems(["--xds-tls-ca", "a"]), ["--xds-tls-ca: needs --xds-tls-cert"]);
    assert.deepEqual(problems(["--xds-tls-cert", "a", "--xds-tls-key", "b", "--insecure-xds-plaintext"]), ["--insecure-xds-plaintext: contradicts --xds-tls-cert"]);
    assert.deepEqual(problems(["--tls-names", "cp.example.com,no name"]), ['--tls-names: "no name" is neither a host name nor an address']);
  });

  it("refuses what contradicts itself", () => {
    assert.match(problems(["--store", "file"])[0] ?? "", /--resources-dir/);
    assert.match(problems(["--quiet-time", "1s"])[0] ?? "", /^--max-delay: has to be at least --quiet-time$/);
    assert.match(problems(["--api-listen", "127.0.0.1:5678"])[0] ?? "", /^--xds-listen: 127.0.0.1:5678 is taken by --api-listen$/);
    loaded(["--api-listen", "127.0.0.1:0", "--xds-listen", "127.0.0.1:0"]);
  });

  it("refuses flags without a value, twice, and loose words", () => {
    assert.deepEqual(problems(["--store"]), ["--store: has no value"]);
    assert.deepEqual(problems(["--store", "memory", "--store=memory"]), ["--store: is given twice"]);
    assert.deepEqual(problems(["memory"]), ['"memory" is not an option; options begin with --']);
    assert.deepEqual(problems(["--nonsense", "value"]), ["--nonsense: there is no such option"]);
  });

  it("leaves what Kubernetes sets for a Service called probeplane alone", () => {
    loaded([], {
      PROBEPLANE_SERVICE_HOST: "10.0.0.1",
      PROBEPLANE_SERVICE_PORT_XDS: "5678",
      PROBEPLANE_PORT: "tcp://10.0.0.1:5678",
      PROBEPLANE_PORT_5678_TCP_ADDR: "10.0.0.1",
      PROBEPLANE_API_SERVICE_HOST: "10.0.0.2",
    });
  });

  it("says where a file is broken", () => {
    assert.match(problems([], {}, "store: memory\nlogFormat: [\n")[0] ?? "", /^pp\.yaml: line \d+, column \d+: /);
    assert.deepEqual(problems([], {}, "- store\n"), ["pp.yaml: has to be a map of options"]);
    assert.deepEqual(problems([], {}, "store: [memory]\n"), ["pp.yaml: store: has to be a single value"]);
    assert.deepEqual(problems([], {}, "config: other.yaml\n"), ["pp.yaml: config: there is no such option"]);
    assert.equal(loaded([], {}, "").store, "sqlite");
  });

  it("finds the file that a flag or the environment names", () => {
    assert.equal(configFileName(["--store", "memory", "--config", "a.yaml"], { PROBEPLANE_CONFIG: "b.yaml" }), "a.yaml");
    assert.equal(configFileName(["--config=a.yaml"], {}), "a.yaml");
    assert.equal(configFileName([], { PROBEPLANE_CONFIG: "b.yaml" }), "b.yaml");
    assert.equal(configFileName([], {}), undefined);
    assert.equal(loaded(["--config", "a.yaml"]).store, "sqlite");
  });
});

describe("showing the configuration", () => {
  it("gives what, put in a file, gives the same configuration", () => {
    const config = loaded(["--log-level", "info,xds=debug", "--max-body-size", "3000", "--insecure-api-plaintext", "--api-listen", "[::]:1", "--tls-names", "a.example,::1"]);
    assert.deepEqual(loaded([], {}, JSON.stringify(showConfig(config))), config);
  });

  it("blanks secrets and passwords in URLs", () => {
    const table = {
      token: { type: "path", default: undefined, secret: true, doc: "" },
      url: { type: "path", default: undefined, doc: "" },
      "group.key": { type: "path", default: undefined, secret: true, doc: "" },
    } as const;
    const shown = showConfig({ token: "abc", url: "postgres://mia:pa:ss@host/db", group: { key: "abc" } }, table);
    assert.deepEqual(shown, { token: "*****", url: "postgres://mia:*****@host/db", group: { key: "*****" } });
  });

  it("shows of a database's URL all but its passwords, also one that was not encoded or stands in the query", () => {
    for (const [url, shown] of [
      ["postgres://mia@host/db?sslmode=require", "postgres://mia@host/db?sslmode=require"],
      ["postgresql://mia:p%40ss@host:1/db", "postgresql://mia:*****@host:1/db"],
      ["postgres://mia:p@ss@host/db", "postgres://mia:*****@host/db"],
      ["postgres://host/db?user=mia&password=pass&sslpassword=pass&sslmode=require", "postgres://host/db?user=mia&password=*****&sslpassword=*****&sslmode=require"],
    ] as const) {
      assert.equal(showConfig(loaded(["--store", "postgres", "--postgres-url", url]))["postgresUrl"], shown);
    }
  });

  it("does not repeat a database's URL that it refuses", () => {
    const found = problems(["--store", "postgres", "--postgres-url", "mia:secret@host"]);
    assert.deepEqual(found, ["--postgres-url: is not a URL as postgres://user@host:5432/database", "--store: postgres needs --postgres-url, the database to use"]);
  });
});
