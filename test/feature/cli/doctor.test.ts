import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Report } from "../../../src/core/doctor/report.ts";
import { command, withFiles } from "./command.ts";

const reset = "upstream_reset_before_response_started";

/** A line of Istio's form, some seconds after the first. */
function line(atS: number, answer: string, cluster: string, host = "10.0.0.1:80"): string {
  const start = new Date(Date.UTC(2026, 0, 1) + atS * 1000).toISOString();
  return `[${start}] "GET /with some spaces?a="b" HTTP/1.1" ${answer} - "-" 0 95 3 - "-" "curl/8" "id-${atS}" "shop:80" "${host}" ${cluster} 10.0.0.9:4000 10.0.0.9:80 10.0.0.7:5000 - default`;
}

const backend = "outbound|80||backend.shop.svc.cluster.local";
const lines = [
  ...[0, 1, 2, 3, 4].map((at) => line(at * 1.2, at === 4 ? `503 UC ${reset}{connection_termination}` : "200 - via_upstream", backend)),
  line(7, "503 UH no_healthy_upstream", backend, "-"),
  line(8, "504 UT response_timeout", backend),
  line(9, `503 UO ${reset}{overflow}`, backend),
  line(10, `503 URX,UF ${reset}{remote_connection_failure|delayed_connect_error:_Connection_refused}`, "inbound|8080||", "10.0.0.9:8080"),
  line(11, "403 - rbac_access_denied_matched_policy[none]", "inbound|80||"),
  line(12, `503 UF ${reset}{connection_timeout}`, backend),
];
const log = lines.join("\n");

async function reportOf(args: readonly string[], input = ""): Promise<Report> {
  const { status, out, err } = await command(["doctor", "-o", "json", ...args], input);
  assert.equal(status, 0, err);
  return JSON.parse(out) as Report;
}

describe("probeplane doctor", () => {
  it("reads standard input and says each cause, how sure it is, why it thinks so and what to do, for people", async () => {
    const { status, out, err } = await command(["doctor"], log);
    assert.deepEqual([status, err], [0, ""]);
    assert.match(out, /^11 lines: 11 of requests and connections, 2026-01-01T00:00:00\.000Z to 2026-01-01T00:00:12\.000Z; 7 failed\n/);
    assert.match(out, /\d\. keep-alive-race \(likely\) at outbound outbound\|80\|\|backend\.shop\.svc\.cluster\.local: .*\n {3}1 of 9: 503 UC .*\n {3}such as GET \/with some spaces\?a="b" at /);
    assert.match(out, /because 1 connection had answered before, had been idle for 1\.2s/);
    assert.match(out, /type: MeshTimeout\n/);
    assert.match(out, /cannot-tell \(cannot tell\).*no host to send to[^]*to be surer: `\/clusters/);
  });

  it("prints only policies that are valid, to the last field, and that mean what the log says", async () => {
    const { findings } = await reportOf([], log);
    const documents = findings.flatMap(({ remedies }) => remedies.flatMap((remedy) => remedy.documents ?? [])).filter((document) => "type" in document);
    const kinds = new Set(documents.map(({ type }) => type));
    assert.deepEqual([...kinds].sort(), ["MeshCircuitBreaker", "MeshRetry", "MeshTimeout", "MeshTrafficPermission"]);
    assert.ok(JSON.stringify(documents).includes('"kind":"MeshService","name":"backend","namespace":"shop"'));
    await withFiles({ "all.yaml": [...new Set(documents.map((document) => JSON.stringify(document)))].join("\n---\n") }, async (folder) => {
      const { status, out } = await command(["validate", "--strict", "-f", folder]);
      assert.equal(status, 0, out);
    });
  });

  it("reads files as they come: zipped, in UTF-16, with Windows' line ends, cut, with bytes that are no text, empty", async () => {
    const half = Buffer.from(log).subarray(0, lines.slice(0, 2).join("\n").length + 120);
    const files: Readonly<Record<string, Buffer>> = {
      "plain.log": Buffer.from(log), "zipped.gz": gzipSync(log), "powershell.txt": Buffer.from(`\ufeff${log.replaceAll("\n", "\r\n")}`, "utf16le"),
      "cut.log": Buffer.concat([half, Buffer.from([0x0a, 0xff, 0xfe, 0x00, 0x80, 0x0a])]), "empty.log": Buffer.alloc(0),
    };
    await withFiles({}, async (folder) => {
      for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes);
      const whole = await reportOf([path.join(folder, "plain.log")]);
      for (const name of ["zipped.gz", "powershell.txt"]) assert.deepEqual(await reportOf([path.join(folder, name)]), whole, name);
      const cut = await reportOf([path.join(folder, "cut.log")]);
      assert.deepEqual([cut.broken, cut.requests], [1, 2]);
      assert.deepEqual((await reportOf([path.join(folder, "empty.log")])).findings, []);
      const both = await reportOf([path.join(folder, "plain.log"), path.join(folder, "cut.log")]);
      assert.equal(both.requests, whole.requests + cut.requests);
    });
  });

  it("looks at a proxy's admin interface, live or saved, and tells from it what the log does not", async () => {
    const clusters = JSON.stringify({ cluster_statuses: [{ name: backend, host_statuses: [{ health_status: { failed_active_health_check: true, eds_health_status: "HEALTHY" } }] }] });
    const pages: Readonly<Record<string, string>> = { "/clusters": clusters, "/stats": "cluster.x.lb_healthy_panic: 3\n", "/config_dump": '{"configs":[]}' };
    const server = createServer((request, response) => void response.end(pages[request.url?.split("?")[0] ?? ""]));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const live = await reportOf(["-", "--admin", `http://127.0.0.1:${(server.address() as AddressInfo).port}`], log);
    server.close();
    const causes = ({ findings }: Report): string[] => findings.map(({ cause }) => cause);
    assert.ok(causes(live).includes("all-unhealthy") && causes(live).includes("panic"));
    await withFiles({ "clusters.json": clusters, "stats.txt": pages["/stats"] ?? "" }, async (folder) => {
      assert.deepEqual(causes(await reportOf(["-", "--admin-dir", folder], log)), causes(live));
      assert.deepEqual(causes(await reportOf(["--admin-dir", folder])), ["panic"]);
    });
  });

  it("says what cannot be read, and which resource it passed over", async () => {
    const failures: readonly (readonly [readonly string[], RegExp])[] = [
      [["/nowhere/x.log"], /\/nowhere\/x\.log: cannot be read: ENOENT/],
      [["/"], /is a folder/],
      [["-", "--admin", "http://127.0.0.1:1"], /127\.0\.0\.1:1.*ECONNREFUSED/],
      [["-", "--admin", "nothing"], /no address of an admin interface/],
      [["-", "--admin-dir", "/nowhere"], /ENOENT/],
    ];
    for (const [args, message] of failures) {
      const { status, err, out } = await command(["doctor", ...args], log);
      assert.deepEqual([status, out], [1, ""], args.join(" "));
      assert.match(err, message);
    }
    await withFiles({ "bad.yaml": "type: Mesh\n", "clusters": "no JSON" }, async (folder) => {
      const { status, err } = await command(["doctor", "-f", path.join(folder, "bad.yaml")], log);
      assert.equal(status, 0);
      assert.match(err, /^warning: passed over: .*bad\.yaml/);
      assert.equal((await command(["doctor", "--admin-dir", folder], log)).status, 1);
    });
    assert.equal((await command(["doctor", "--admin", "http://127.0.0.1:1", "--admin-dir", "x"])).status, 64);
  });
});
