import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createSecureServer, createServer as createHttp2Server } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { Listening } from "../../../../test/kit/apps/app.ts";
import { startGrpcApp } from "../../../../test/kit/apps/grpc-app.ts";
import { startRawApp, startTextApp, type RawApp } from "../../../../test/kit/apps/raw-app.ts";
import { closeAfter } from "../../../../test/kit/close-after.ts";
import { readConnections } from "../../../../test/kit/connections.ts";
import { type KubeletAnswer, type KubeletProbe, probeAsKubelet } from "../../../../test/kit/kubelet-probe.ts";
import { freePort } from "../../../../test/kit/ports.ts";
import { skipBecause } from "../../../../test/kit/skip.ts";
import { selfSigned } from "../../../../test/kit/self-signed.ts";
import { createRecordingLog } from "../../../../test/kit/silent-log.ts";
import { waitUntil } from "../../../../test/kit/wait-until.ts";
import type { Prober } from "../../../core/probe/prober.ts";
import { createStatusServer } from "../status-server.ts";
import type { Probed } from "./probe-answer.ts";

/** Longer than anything here takes, however busy the machine is. */
const patientS = 60;

describe("an agent asks an app", () => {
  const closing = closeAfter();
  const probers = new Map<string, Prober>();
  const log = createRecordingLog();
  const probed: Probed[] = [];
  let port = 0;
  let paths = 0;

  before(async () => {
    const server = createStatusServer({ probers, podIp: "127.0.0.1", sourceAddress: "127.0.0.6", logger: log, onProbed: (each) => void probed.push(each) });
    closing(() => server.close());
    ({ port } = await server.listen({ host: "127.0.0.1", port: 0 }));
  });

  function pathOf(prober: Prober): string {
    const path = `/app-health/app-${paths++}/readyz`;
    probers.set(path, { timeoutSeconds: patientS, ...prober });
    return path;
  }
  const probe = (prober: Prober, more: Partial<KubeletProbe> = {}): Promise<KubeletAnswer> => probeAsKubelet({ port, path: pathOf(prober), ...more });
  const statusOf = async (prober: Prober, more: Partial<KubeletProbe> = {}): Promise<number> => (await probe(prober, more)).status;
  const lastReason = (): string | undefined => probed.at(-1)?.reason;

  async function serve(server: Server): Promise<number> {
    const listening = new Listening(server, 0);
    await listening.open();
    closing(() => listening.close());
    return listening.port;
  }
  const serveHttp = (listener: RequestListener): Promise<number> => serve(createServer(listener));

  describe("over HTTP", () => {
    it("with what the kubelet sent, from an address that Envoy lets pass", async () => {
      const seen: { raw: string[]; method: string; url: string; from: string }[] = [];
      const app = await serveHttp((request, response) => {
        seen.push({ raw: request.rawHeaders, method: request.method ?? "", url: request.url ?? "", from: request.socket.remoteAddress ?? "" });
        response.end();
      });
      const headers = ["X-Custom-Header", "hello", "X-Twice", "1", "x-twice", "2", "Accept-Encoding", "gzip"];
      assert.equal(await statusOf({ httpGet: { path: "/index.html?a=b", port: app } }, { headers }), 200);
      assert.deepEqual(seen, [{
        raw: ["Host", `127.0.0.1:${app}`, "User-Agent", "kube-probe/1.36", "Accept", "*/*", ...headers, "Connection", "close"],
        method: "GET", url: "/index.html?a=b", from: "127.0.0.6",
      }]);
    });

    it("by the Host that the probe's author wrote", async () => {
      const hosts: (string | undefined)[] = [];
      const app = await serveHttp((request, response) => {
        hosts.push(request.headers.host);
        response.end();
      });
      for (const host of ["shop.example", "shop.example:8080", `shop.example:${port}`]) await statusOf({ httpGet: { port: app } }, { headers: ["Host", host] });
      assert.deepEqual(hosts, ["shop.example", "shop.example:8080", `shop.example:${app}`]);
    });

    it("and says its status, and nothing else of what it says", async () => {
      const app = await serveHttp(({ url = "" }, response) => void response.writeHead(Number(url.slice(1)), { "x-app": "1", "set-cookie": "a=b" }).end("a body"));
      for (const status of [200, 201, 202, 226, 400, 401, 404, 418, 429, 500, 503, 511]) {
        const answer = await probe({ httpGet: { path: `${status}`, port: app } });
        assert.equal(answer.status, status);
        assert.equal(answer.body, "");
        assert.doesNotMatch(answer.rawHeaders.join(), /x-app|set-cookie/i);
      }
    });

    it("by a path as the kubelet would write it", async () => {
      const urls: (string | undefined)[] = [];
      const app = await serveHttp(({ url }, response) => {
        urls.push(url);
        response.end();
      });
      for (const path of ["", "healthz", "/a b?c=d e", "/ü?q=%20", "/a#b", "/100%?x", "/../up//down"]) await statusOf({ httpGet: { path, port: app } });
      assert.deepEqual(urls, ["/", "/healthz", "/a%20b?c=d%20e", "/%C3%BC?q=%20", "/a", "/100%25%3Fx", "/../up//down"]);
    });

    it("a path that nobody told it of is 400", async () => {
      const { status, body } = await probeAsKubelet({ port, path: "/app-health/nobody/livez?x=y" });
      assert.equal(status, 400);
      assert.equal(body, "app prober config does not exists for /app-health/nobody/livez\n");
    });

    it("of a container whose name has to be escaped", async () => {
      const app = await serveHttp((_request, response) => void response.writeHead(204).end());
      probers.set("/app-health/a b%/readyz", { httpGet: { port: app } });
      assert.equal((await probeAsKubelet({ port, path: "/app-health/a%20b%25/readyz" })).status, 204);
    });

    it("is not to ask itself", async () => {
      assert.equal(await statusOf({ httpGet: { port } }), 500);
      assert.match(lastReason() ?? "", /the agent's own/);
    });
  });

  describe("that redirects", () => {
    let asked: string[] = [];
    let port1 = 0;
    let port2 = 0;

    before(async () => {
      const answer: RequestListener = (request, response) => {
        const { url = "", headers } = request;
        asked.push(`${headers.host ?? ""}${url}`);
        const to = new URL(url, "http://x").searchParams.get("to");
        if (to === null) response.writeHead(204).end();
        else response.writeHead(Number(url.slice(1, 4)), to === "" ? {} : { location: to }).end();
      };
      port1 = await serveHttp(answer);
      const { certPem: cert, keyPem: key } = await selfSigned();
      port2 = await serve(createTlsServer({ cert, key }, answer));
    });
    beforeEach(() => void (asked = []));
    const ask = (status: number, to: string, headers: readonly string[] = []): Promise<number> =>
      statusOf({ httpGet: { path: `/${status}?to=${encodeURIComponent(to)}`, port: port1 } }, { headers });

    for (const status of [301, 302, 303, 307, 308]) {
      it(`follows ${status} on the same host, with the same name`, async () => {
        assert.equal(await ask(status, "/there", ["Host", "shop.example"]), 204);
        assert.equal(asked[1], "shop.example/there");
      });
    }

    it("follows to another port and to HTTPS", async () => {
      assert.equal(await ask(302, `https://127.0.0.1:${port2}/there`), 204);
      assert.equal(asked[1], `127.0.0.1:${port2}/there`);
    });

    it("goes to no other host: that is a success", async () => {
      for (const to of [`http://127.0.0.2:${port1}/`, `http://localhost:${port1}/`, "//elsewhere.example/", "http://shop.example/"]) assert.equal(await ask(302, to, ["Host", "shop.example"]), 200, to);
      assert.equal(asked.length, 4);
    });

    it("takes every other 3xx for a success", async () => {
      for (const [status, to] of [[300, "/there"], [304, "/there"], [302, ""]] as const) assert.equal(await ask(status, to), 200);
      assert.equal(asked.length, 3);
    });

    it("ends a loop after ten", async () => {
      const app = await serveHttp((request, response) => {
        asked.push(request.url ?? "");
        response.writeHead(302, { location: "/again" }).end();
      });
      assert.equal(await statusOf({ httpGet: { port: app } }), 500);
      assert.equal(asked.length, 10);
      assert.match(lastReason() ?? "", /10 redirects/);
    });

    it("is not sent to itself, nor to what is no URL of HTTP", async () => {
      for (const to of [`http://127.0.0.1:${port}/app-health/app-0/readyz`, "ftp://127.0.0.1/", "http://["]) assert.equal(await ask(302, to), 500, to);
      assert.equal(asked.length, 3);
    });
  });

  describe("over HTTPS", () => {
    it("whoever signed its certificate, in HTTP/1.1 and where it has only HTTP/2", async () => {
      const { certPem: cert, keyPem: key } = await selfSigned({ dns: ["elsewhere.example"] });
      const seen: (readonly [version: string, host: string | undefined, custom: string | string[] | undefined, url: string])[] = [];
      const one = await serve(createTlsServer({ cert, key }, (request, response) => {
        seen.push([request.httpVersion, request.headers.host, request.headers["x-custom"], request.url ?? ""]);
        response.writeHead(201).end("body");
      }));
      const two = await serve(createSecureServer({ cert, key, allowHTTP1: false }, (request, response) => {
        seen.push([request.httpVersion, request.authority, request.headers["x-custom"], request.url]);
        response.writeHead(202).end("body");
      }));
      const headers = ["X-Custom", "1", "X-Custom", "2"];
      assert.equal(await statusOf({ httpGet: { scheme: "HTTPS", path: "/s?t", port: one } }, { headers }), 201);
      assert.equal(await statusOf({ httpGet: { scheme: "HTTPS", path: "/s?t", port: two } }, { headers }), 202);
      assert.deepEqual(seen, [["1.1", `127.0.0.1:${one}`, "1, 2", "/s?t"], ["2.0", `127.0.0.1:${two}`, "1, 2", "/s?t"]]);
    });

    it("not where there is no TLS", async () => {
      assert.equal(await statusOf({ httpGet: { scheme: "HTTPS", port: await serveHttp((_request, response) => void response.end()) } }), 500);
      assert.equal(lastReason(), "TLS: wrong version number");
    });

    it("in whatever somebody else than a kubelet asks it, and outlives that", async () => {
      const { certPem: cert, keyPem: key } = await selfSigned();
      const app = await serve(createSecureServer({ cert, key, allowHTTP1: false }, (_request, response) => void response.end()));
      for (const headers of [["Content-Type", "a", "Content-Type", "b"], ["Host", "a b"], ["Host", "]["], ["X", "\xff"]]) {
        const answer = await probe({ httpGet: { scheme: "HTTPS", port: app } }, { headers });
        assert.ok([200, 500].includes(answer.status), headers.join());
      }
      assert.equal(await statusOf({ httpGet: { scheme: "HTTPS", port: app } }), 200);
    });
  });

  describe("that is bad", () => {
    async function raw(talk: Parameters<typeof startRawApp>[0]): Promise<RawApp> {
      const app = await startRawApp(talk);
      closing(() => app.close());
      return app;
    }
    async function text(...bytes: readonly string[]): Promise<RawApp> {
      const app = await startTextApp(...bytes);
      closing(() => app.close());
      return app;
    }
    const failing: readonly [what: string, bytes: string][] = [
      ["no HTTP", "220 mail.example ESMTP\r\n"],
      ["a broken status line", "HTTP/1.1 OK\r\n\r\n"],
      ["a broken header", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"],
      ["broken chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
      ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
      ["headers without an end", `HTTP/1.1 200 OK\r\n${`x: ${"y".repeat(1000)}\r\n`.repeat(100)}`],
      ["replies before the reply without an end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)],
      ["another protocol from then on", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ];
    for (const [what, bytes] of failing) {
      it(`${what}: 500`, async () => {
        const app = await text(bytes);
        assert.equal(await statusOf({ httpGet: { port: app.port } }), 500);
        await waitUntil("the connection is closed", () => app.open === 0);
      });
    }

    it("speaks HTTP/2 alone without TLS: 500", async () => {
      assert.equal(await statusOf({ httpGet: { port: await serve(createHttp2Server()) } }), 500);
    });

    it("closes at once, or within its body: 500", async () => {
      const nothing = await raw((socket) => socket.end());
      const half = await raw((socket) => void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")));
      for (const app of [nothing, half]) assert.equal(await statusOf({ httpGet: { port: app.port } }), 500);
    });

    it("does not listen: 500", async () => {
      assert.equal(await statusOf({ httpGet: { port: await freePort() } }), 500);
      assert.equal(lastReason(), "the app does not listen there");
    });

    it("never answers, or never ends its answer: 500 when the probe's time is over", async () => {
      for (const bytes of ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"]) {
        const app = await text(bytes);
        assert.equal(await statusOf({ httpGet: { port: app.port }, timeoutSeconds: 0.1 }), 500);
        assert.equal(lastReason(), "no answer within 0.1 s");
        await waitUntil("the connection is closed", () => app.open === 0);
      }
    });

    it("answers with a body without end: as much is read as the kubelet would", async () => {
      let written = 0;
      const app = await raw((socket) => {
        socket.on("error", () => undefined);
        const more = (): void => {
          while (!socket.destroyed && socket.write("x".repeat(64 * 1024))) written += 64 * 1024;
        };
        socket.on("drain", more);
        socket.once("data", () => {
          socket.write(`HTTP/1.1 203 X\r\nContent-Length: ${10 * 1024 ** 3}\r\n\r\n`);
          more();
        });
      });
      assert.equal(await statusOf({ httpGet: { port: app.port } }), 203);
      await waitUntil("the connection is closed", () => app.open === 0);
      assert.ok(written < 64 * 1024 ** 2, `${written} bytes`);
    });

    it("takes its time for a hook, which has no limit, until nobody waits any more", async () => {
      const app = await text("");
      const leaving = new AbortController();
      probers.set("/app-lifecycle/app/poststartz", { httpGet: { port: app.port } });
      const asking = probeAsKubelet({ port, path: "/app-lifecycle/app/poststartz", signal: leaving.signal });
      await waitUntil("the app is asked", () => app.open === 1);
      leaving.abort();
      await assert.rejects(asking, { name: "AbortError" });
      await waitUntil("the connection is closed", () => app.open === 0);
    });

    it("is not asked more often at a time than it may be", async () => {
      const app = await text("");
      const path = pathOf({ httpGet: { port: app.port } });
      const leaving = new AbortController();
      const asking = Array.from({ length: 64 }, () => probeAsKubelet({ port, path, signal: AbortSignal.any([leaving.signal]) }).catch(() => undefined));
      await waitUntil("the app is asked", () => app.open === 64);
      assert.equal((await probeAsKubelet({ port, path })).status, 503);
      leaving.abort();
      await Promise.all(asking);
    });
  });

  it("over TCP: 200 where the port is open, 500 where it is not", async () => {
    const app = await startRawApp(() => undefined);
    closing(() => app.close());
    assert.equal(await statusOf({ tcpSocket: { port: app.port } }), 200);
    assert.equal(await statusOf({ tcpSocket: { port: await freePort() } }), 500);
    assert.deepEqual(app.askedFrom, ["127.0.0.6"]);
    await waitUntil("the connection is closed", () => app.open === 0);
  });

  describe("over gRPC", () => {
    it("200 where it serves, 500 where it does not", async () => {
      const app = await startGrpcApp("grpc");
      closing(() => app.close());
      assert.equal(await statusOf({ grpc: { port: app.port, service: null } }), 200);
      assert.equal(await statusOf({ grpc: { port: app.port, service: "shop.Cart" } }), 200);
      assert.deepEqual(app.seen.map(({ service, authority }) => [service, authority]), [["", `127.0.0.1:${app.port}`], ["shop.Cart", `127.0.0.1:${app.port}`]]);
      assert.match(String(app.seen[0]!.metadata.get("user-agent")), /^kube-probe\/1\.36/);
      app.behaviour = "NOT_SERVING";
      assert.equal(await statusOf({ grpc: { port: app.port, service: null } }), 500);
      assert.equal(lastReason(), "the app is NOT_SERVING");
      app.behaviour = "hang";
      assert.equal(await statusOf({ grpc: { port: app.port, service: null }, timeoutSeconds: 0.1 }), 500);
    });

    it("500 where it knows no health checks, speaks no gRPC, or does not listen", async () => {
      const unimplemented = await serve(createHttp2Server((_request, response) => {
        response.writeHead(200, { "content-type": "application/grpc", "grpc-status": "12" });
        response.end();
      }));
      const web = await serve(createHttp2Server((_request, response) => void response.writeHead(404).end("not here")));
      const http1 = await serveHttp((_request, response) => void response.end());
      const reasons: (string | undefined)[] = [];
      for (const each of [unimplemented, web, http1, await freePort()]) {
        assert.equal(await statusOf({ grpc: { port: each, service: null } }), 500);
        reasons.push(lastReason());
      }
      assert.equal(reasons[0], "the app answers gRPC status 12");
      assert.equal(reasons[1], "the app answers 404, which is not gRPC");
      assert.equal(reasons[3], "the app does not listen there");
    });
  });

  it("says when a probe begins to fail and when it is well again, once", async () => {
    let status = 200;
    const app = await serveHttp((_request, response) => void response.writeHead(status).end());
    const path = pathOf({ httpGet: { port: app } });
    log.lines.splice(0);
    for (status of [200, 503, 500, 200, 200]) await probeAsKubelet({ port, path });
    assert.deepEqual(log.lines, [
      { level: "warn", fields: { probe: path, status: 503, reason: "the app answers 503" }, message: "a probe of the app fails" },
      { level: "info", fields: { probe: path }, message: "a probe of the app succeeds again" },
    ]);
  });

  it("on localhost, where it is told that the app listens there alone; called as ever", async () => {
    const hosts: (string | undefined)[] = [];
    const onLocalhost = await serveHttp((request, response) => {
      hosts.push(request.headers.host);
      response.end();
    });
    const elsewhere = createStatusServer({ probers, podIp: "127.0.0.9", appAddressOf: (asked) => (asked === onLocalhost ? "127.0.0.1" : undefined), logger: log });
    closing(() => elsewhere.close());
    const { port: at } = await elsewhere.listen({ host: "127.0.0.1", port: 0 });
    assert.equal((await probeAsKubelet({ port: at, path: pathOf({ httpGet: { port: onLocalhost } }) })).status, 200);
    assert.deepEqual(hosts, [`127.0.0.1:${onLocalhost}`]);
  });

  it("at an address of IPv6", async () => {
    const app = createServer((request, response) => void response.writeHead(request.headers.host === `[::1]:${(app.address() as AddressInfo).port}` ? 200 : 421).end());
    await new Promise<void>((resolve) => app.listen(0, "::1", resolve));
    closing(() => app.close());
    const six = createStatusServer({ probers, podIp: "[::1]", logger: log });
    closing(() => six.close());
    const listening = await six.listen({ host: "::1", port: 0 });
    const path = pathOf({ httpGet: { port: (app.address() as AddressInfo).port } });
    assert.equal((await probeAsKubelet({ host: "::1", port: listening.port, path })).status, 200);
  });

  // After all others: mocha runs the tests of a suite before the suites within it.
  describe("and when all is over", () => {
    it("leaves nothing of a connection behind, however it ended", async function () {
      if (!existsSync("/proc/net/tcp")) skipBecause(this, "this machine has no /proc");
      assert.ok(probed.length > 60);
      const asked = new Set([...probers.values()].map(({ httpGet, tcpSocket, grpc }) => (httpGet ?? tcpSocket ?? grpc)?.port));
      await waitUntil("no connection is left, not even one that waits for its end", async () => {
        const left = await readConnections();
        return !left.some(({ address, toPort }) => address === "127.0.0.6" && asked.has(toPort));
      });
    });
  });
});
