import assert from "node:assert/strict";
import { envoyOptionsOf, proxyOf, type AgentCommandOptions } from "./agent-options.ts";
import { CommandFailure } from "./exit-status.ts";

const options: AgentCommandOptions = {
  mesh: "default", cpAddress: "https://cp:5678", statusPort: 15_020, healthPort: 15_021, prometheusPort: 15_090, envoyPath: "envoy", envoyLogLevel: "warning", drainTime: 1, logFormat: "json",
};
const around = { readFile: (file: string) => Promise.resolve(`PEM of ${file}`), logger: console, signal: new AbortController().signal, quit: () => undefined };

describe("the options of an agent", () => {
  it("name the pod's own proxy, unless they name another", () => {
    const env = { POD_NAME: "web-1", POD_NAMESPACE: "shop" };
    assert.deepEqual(proxyOf(options, env), { mesh: "default", name: "web-1.shop" });
    assert.deepEqual(proxyOf({ ...options, name: "web" }, env), { mesh: "default", name: "web" });
    for (const lacking of [{}, { POD_NAME: "web-1" }, { POD_NAME: "", POD_NAMESPACE: "shop" }]) assert.throws(() => proxyOf(options, lacking), (error) => error instanceof CommandFailure && error.status === 64);
  });

  const threads: readonly [title: string, more: Partial<AgentCommandOptions>, env: Readonly<Record<string, string>>, args: readonly string[]][] = [
    ["nothing is said", {}, {}, []],
    ["there is a limit", {}, { PROBEPLANE_CPU_LIMIT: "2" }, ["--concurrency", "2"]],
    ["the limit is none", {}, { PROBEPLANE_CPU_LIMIT: "many" }, []],
    ["they are said, whatever the limit", { concurrency: 4 }, { PROBEPLANE_CPU_LIMIT: "2" }, ["--concurrency", "4"]],
    ["there is to be one for each core, whatever the limit", { concurrency: 0 }, { PROBEPLANE_CPU_LIMIT: "2" }, []],
    ["a component is to log more", { envoyComponentLogLevel: "http:debug" }, {}, ["--component-log-level", "http:debug"]],
  ];
  for (const [title, more, env, args] of threads) {
    it(`give Envoy ${args.length === 0 ? "no arguments" : args.join(" ")} when ${title}`, async () => {
      assert.deepEqual((await envoyOptionsOf({ ...options, ...more }, env, around)).envoyArgs, args);
    });
  }

  it("have the CA of the file, else of the environment, else none", async () => {
    const env = { PROBEPLANE_CA_CERT: "PEM of the environment" };
    assert.equal((await envoyOptionsOf({ ...options, caCertFile: "ca.pem" }, env, around)).caPem, "PEM of ca.pem");
    assert.equal((await envoyOptionsOf(options, env, around)).caPem, "PEM of the environment");
    assert.equal((await envoyOptionsOf(options, { PROBEPLANE_CA_CERT: "" }, around)).caPem, undefined);
  });
});
