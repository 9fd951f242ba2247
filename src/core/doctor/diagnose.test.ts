import assert from "node:assert/strict";
import type { AdminFacts } from "./admin-facts.ts";
import { createCollector } from "./collect.ts";
import { diagnose } from "./diagnose.ts";
import type { MeshFacts } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { responseFlags } from "./flags.ts";
import { createLineParser } from "./parse-line.ts";

type Line = Readonly<Record<string, unknown>> | string;

const start = Date.UTC(2026, 0, 1);
const reset = "upstream_reset_before_response_started";
const noMesh: MeshFacts = { name: "default", services: new Map() };

/** A request at a second of the log; by default answered by the app behind an inbound. */
function request(atS: number, fields: Readonly<Record<string, unknown>> = {}): Line {
  return {
    direction: "inbound", start_time: new Date(start + atS * 1000).toISOString(), duration_ms: 2, response_code: 200, response_flags: "-", response_details: "via_upstream",
    upstream_cluster: "localhost:8080", upstream_host: "10.0.0.1:8080", upstream_local: "10.0.0.1:4000", method: "GET", path: "/", authority: "shop", bytes_sent: 10, ...fields,
  };
}

const outbound = { direction: "outbound", upstream_cluster: "backend" };
const closed = { response_code: 503, response_flags: "UC", response_details: `${reset}{connection_termination}` };
const refused = { response_code: 503, response_flags: "UF", response_details: `${reset}{remote_connection_failure|delayed_connect_error:_Connection_refused}`, upstream_local: undefined };

function findings(lines: readonly Line[], admin: AdminFacts = {}, mesh: MeshFacts = noMesh): readonly Finding[] {
  const collector = createCollector();
  const parser = createLineParser();
  for (const line of lines) collector.add(parser.parse(typeof line === "string" ? line : JSON.stringify(line)), "");
  return diagnose(collector.finish(admin, mesh));
}

function causes(lines: readonly Line[], admin?: AdminFacts, mesh?: MeshFacts): string[] {
  return findings(lines, admin, mesh).map(({ cause, sure, count }) => `${cause} ${sure} ${count}`);
}

const times = (count: number, make: (at: number) => Line): Line[] => Array.from({ length: count }, (_, at) => make(at));

/** Idle for a second, then used again: every fifth time the app closes just then. */
const race = times(40, (at) => request(at * 1.01, at % 5 === 4 ? closed : {}));

const localhost = times(5, (at) => request(at, refused));

describe("what requests failed of", () => {
  it("is nothing where none failed", () => {
    assert.deepEqual(causes(times(5, (at) => request(at))), []);
    assert.deepEqual(causes(["nothing", ""]), []);
  });

  it("is an app that closes idle connections, by the time for which each was idle", () => {
    const [finding] = findings(race);
    assert.deepEqual([finding?.cause, finding?.sure, finding?.count, finding?.of], ["keep-alive-race", "certain", 8, 40]);
    const [policy] = finding?.remedies[0]?.documents ?? [];
    assert.deepEqual(policy, {
      type: "MeshTimeout", mesh: "default", name: "shop-idle", spec: { targetRef: { kind: "MeshService", name: "shop" }, rules: [{ default: { idleTimeout: "800ms" } }] },
    });
  });

  it("is told by the connection that was idle, whatever others did meanwhile", () => {
    const busy = (at: number): Line => request(at, { upstream_local: "10.0.0.1:5000" });
    const lines = [0, 3, 6].flatMap((at) => [request(at), busy(at + 0.5), busy(at + 0.9), request(at + 1.01, closed), busy(at + 1.1)]);
    assert.deepEqual(causes(lines), ["keep-alive-race certain 3"]);
  });

  it("is only possibly that where the log does not say which connection a request took, and says what to turn on", () => {
    const [finding] = findings(times(40, (at) => request(at * 1.01, { upstream_local: undefined, ...(at % 9 === 8 && closed) })));
    assert.deepEqual([finding?.cause, finding?.sure], ["keep-alive-race", "possible"]);
    assert.match(finding?.turnOn.join() ?? "", /UPSTREAM_LOCAL_ADDRESS/);
  });

  it("is an app that crashed, where connections are refused right after others were closed", () => {
    const lines = [request(1), ...times(3, (at) => request(2 + at / 100, { ...closed, upstream_local: `10.0.0.1:${at}` })), request(3, refused), request(4, refused), request(9)];
    assert.deepEqual(causes(lines), ["app-crash likely 5"]);
  });

  it("is an app that gives up after a time of its own, where each answer took that long", () => {
    const lines = times(9, (at) => request(at * 40, { ...(at % 2 === 0 && { ...closed, duration_ms: 30_000 + at, upstream_local: `10.0.0.1:${at}` }) }));
    assert.deepEqual(causes(lines), ["app-closed-while-answering likely 5"]);
  });

  it("is an app on localhost, where it was never reached at an address that is not localhost; else nothing listens", () => {
    assert.deepEqual(causes(localhost), ["app-on-localhost likely 5"]);
    assert.deepEqual(causes(times(5, (at) => request(at, { ...refused, upstream_host: "127.0.0.1:8080" }))), ["app-not-listening likely 5"]);
  });

  it("writes out the Dataplane whose app is on localhost, where it is known", () => {
    const document = { type: "Dataplane", mesh: "default", name: "shop-1", networking: { address: "10.0.0.1", inbound: [{ port: 80, servicePort: 8080, tags: { "kuma.io/service": "shop" } }] } };
    const services = new Map([["10.0.0.1:8080", { service: "shop", dataplane: "shop-1", section: "80", port: 80, document }]]);
    const [finding] = findings(localhost, {}, { name: "default", services });
    const inbound = { port: 80, servicePort: 8080, serviceAddress: "127.0.0.1", tags: { "kuma.io/service": "shop" } };
    assert.deepEqual(finding?.remedies[0]?.documents, [{ ...document, networking: { address: "10.0.0.1", inbound: [inbound] } }]);
  });

  it("are two causes where a log has two, and the app's own answers are kept apart", () => {
    const own = times(3, (at) => request(100 + at, { response_code: 503 }));
    const other = times(5, (at) => request(at, { ...refused, upstream_cluster: "localhost:9090", upstream_host: "10.0.0.1:9090" }));
    assert.deepEqual(causes([...race, ...own, ...other]), ["keep-alive-race certain 8", "app-on-localhost likely 5", "application certain 3"]);
  });

  it("is a change of a listener, where the peer's proxy says so or the peer goes on as if nothing was", () => {
    const cut = times(4, (at) => request(1 + at / 10, { ...outbound, ...closed, duration_ms: 5000 - at * 100, upstream_local: `10.0.0.9:${at}` }));
    const lines = [request(0, outbound), ...cut, request(7, outbound)];
    assert.deepEqual(causes(lines), ["listener-change possible 4"]);
    const told = `[${new Date(start + 4000).toISOString().replace("T", " ").replace("Z", "")}][1][info][upstream] lds: add/update listener 'inbound:10.0.0.1:80'`;
    assert.deepEqual(causes([...lines, told]), ["listener-change certain 4"]);
  });

  it("is a peer that stopped, where it does not answer again; and a restart, where callers were sent to it nevertheless", () => {
    const cut = times(4, (at) => request(1 + at / 10, { ...outbound, ...closed, duration_ms: 5000 - at * 100, upstream_local: `10.0.0.9:${at}` }));
    assert.deepEqual(causes([request(0, outbound), ...cut]), ["draining-peer likely 4"]);
    const gone = times(3, (at) => request(10 + at, { ...outbound, ...refused }));
    const others = times(3, (at) => request(10 + at, { ...outbound, upstream_host: "10.0.0.2:80" }));
    assert.deepEqual(causes([request(0, outbound), ...gone, ...others]), ["restart-order likely 3"]);
  });

  it("is a probe in plain text, where refused handshakes come at regular times; certain where the kubelet says so", () => {
    const handshake = (at: number): Line => ({
      direction: "inbound", start_time: new Date(start + at * 3000).toISOString(), response_flags: "-", downstream: `10.0.0.9:${4000 + at}`, downstream_local: "10.0.0.1:80",
      handshake_failure: "TLS_error:|268435612:SSL_routines:OPENSSL_internal:HTTP_REQUEST:TLS_error_end",
    });
    const [finding] = findings(times(5, handshake));
    assert.deepEqual([finding?.cause, finding?.sure, finding?.count], ["probe-under-mutual-tls", "likely", 5]);
    const event = 'Readiness probe failed: Get "http://10.0.0.1:80/": read: connection reset by peer';
    assert.deepEqual(causes([...times(5, handshake), event]), ["probe-under-mutual-tls certain 5"]);
    assert.deepEqual(causes([event], {}, { ...noMesh, mtls: "strict" }), ["probe-under-mutual-tls likely 1"]);
    assert.deepEqual(causes([0, 1, 5, 6, 30].map(handshake)), ["plain-text-refused certain 5"]);
  });

  it("cannot be told of a cluster without hosts by the log; `/clusters` tells it", () => {
    const lines = times(3, (at) => request(at, { ...outbound, response_code: 503, response_flags: "UH", response_details: "no_healthy_upstream", upstream_host: undefined }));
    const host = { address: "10.0.0.1:80", failedActive: false, ejected: false, failedEds: false };
    const withHosts = (hosts: readonly (typeof host)[]): AdminFacts => ({ clusters: new Map([["backend", { hosts }]]) });
    const [finding] = findings(lines);
    assert.deepEqual([finding?.cause, finding?.turnOn.length], ["cannot-tell", 1]);
    assert.deepEqual(causes(lines, withHosts([])), ["no-endpoints certain 3"]);
    assert.deepEqual(causes(lines, withHosts([{ ...host, failedActive: true }])), ["all-unhealthy certain 3"]);
    assert.deepEqual(causes(lines, withHosts([{ ...host, ejected: true }])), ["all-ejected certain 3"]);
    assert.deepEqual(causes([], { stats: new Map([["cluster.backend.lb_healthy_panic", 7]]) }), ["panic certain 7"]);
  });

  it("is TLS where the handshake failed, by the reason that it gives", () => {
    const failed = (why: string): Line => request(1, { ...outbound, response_code: 503, response_flags: "UF", response_details: `${reset}{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:${why}:TLS_error_end}` });
    assert.deepEqual(causes([failed("WRONG_VERSION_NUMBER")]), ["tls-mismatch certain 1"]);
    assert.deepEqual(causes([failed("CERTIFICATE_VERIFY_FAILED")]), ["not-trusted certain 1"]);
  });

  it("keeps a caller's 503 apart by the log of the peer's proxy", () => {
    const [outer, inner] = [{ ...outbound, response_code: 503, request_id: "a" }, { ...closed, request_id: "a", duration_ms: 500 }];
    assert.deepEqual(findings([request(1, outer), request(1, inner)]).map(({ cause }) => cause).sort(), ["app-closed-while-answering", "by-flag"]);
    assert.deepEqual(causes([request(1, outer)]), ["application likely 1"]);
    assert.deepEqual(causes([request(1, { ...outer, bytes_sent: 95 })]), ["cannot-tell cannot tell 1"]);
  });

  it("is said of each of Envoy's 30 flags", () => {
    assert.equal(new Set(responseFlags.map(({ flag }) => flag)).size, 30);
    for (const { flag } of responseFlags) {
      const found = findings([request(1, { ...outbound, response_code: 503, response_flags: flag, response_details: "x" })]);
      assert.equal(found.length, 1, flag);
      assert.ok(found[0]?.title !== "" && !found[0]?.title.includes("none that Envoy"), flag);
    }
    assert.deepEqual(causes([request(1, { response_code: 503, response_flags: "XX" })]), ["cannot-tell cannot tell 1"]);
  });

  it("is a permission, where callers were denied", () => {
    assert.deepEqual(causes([request(1, { response_code: 403, response_details: "rbac_access_denied_matched_policy[none]" })]), ["not-permitted certain 1"]);
    assert.deepEqual(causes([request(1, { response_code: 404, response_details: "via_upstream" })]), []);
  });
});
