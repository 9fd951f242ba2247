import assert from "node:assert/strict";
import fc from "fast-check";
import type { Prober } from "./prober.ts";
import { decodeProbers, encodeProbers } from "./probers-text.ts";

function encoded(probers: Readonly<Record<string, Prober>>): string {
  return encodeProbers(new Map(Object.entries(probers)));
}

function problemsOf(text: string): readonly string[] {
  const decoded = decodeProbers(text);
  return decoded.ok ? [] : decoded.problems;
}

describe("encodeProbers", () => {
  it("writes the bytes that Istio's injector writes", () => {
    assert.equal(
      encoded({ "/app-health/hello/readyz": { httpGet: { port: 3333, scheme: "HTTPS" } }, "/app-health/hello/livez": { httpGet: { port: 80 } } }),
      '{"/app-health/hello/livez":{"httpGet":{"port":80}},"/app-health/hello/readyz":{"httpGet":{"port":3333,"scheme":"HTTPS"}}}',
    );
    assert.equal(encoded({ "/app-health/foo/livez": { grpc: { service: null, port: 1234 } } }), '{"/app-health/foo/livez":{"grpc":{"port":1234,"service":null}}}');
    assert.equal(
      encoded({ "/app-lifecycle/hello/prestopz": { httpGet: { port: 91 } }, "/app-lifecycle/hello/poststartz": { tcpSocket: { port: 93 } } }),
      '{"/app-lifecycle/hello/poststartz":{"tcpSocket":{"port":93}},"/app-lifecycle/hello/prestopz":{"httpGet":{"port":91}}}',
    );
  });

  it("orders members as Kubernetes' types do and leaves out what is empty", () => {
    const httpGet = { httpHeaders: [{ value: "hello", name: "X-Custom-Header" }], scheme: "HTTP", host: "localhost", port: 80, path: "/index.html" };
    assert.equal(
      encoded({ "/app-health/nginx/readyz": { timeoutSeconds: 1, httpGet } }),
      '{"/app-health/nginx/readyz":{"httpGet":{"path":"/index.html","port":80,"host":"localhost","scheme":"HTTP","httpHeaders":[{"name":"X-Custom-Header","value":"hello"}]},"timeoutSeconds":1}}',
    );
    assert.equal(encoded({ p: { httpGet: { path: "", host: "", scheme: "", httpHeaders: [], port: 1 }, timeoutSeconds: 0 } }), '{"p":{"httpGet":{"port":1}}}');
  });

  it("sorts by code points and escapes what Go escapes", () => {
    const httpGet = { port: 1, path: "/?a=<&>\u2028\u0001\b\"\\é" };
    assert.equal(
      encoded({ "/\u{1F600}": { httpGet }, "/\uFF5E": { grpc: { port: 2, service: "\uD800" } } }),
      '{"/\uFF5E":{"grpc":{"port":2,"service":"\uFFFD"}},"/\u{1F600}":{"httpGet":{"path":"/?a=\\u003c\\u0026\\u003e\\u2028\\u0001\\b\\"\\\\é","port":1}}}',
    );
  });

  it("leaves Kubernetes nothing to put in for a variable", () => {
    assert.equal(encoded({ p: { httpGet: { port: 1, path: "/$(POD_NAME)/$$(A)/$b" } } }), '{"p":{"httpGet":{"path":"/\\u0024(POD_NAME)/\\u0024\\u0024(A)/$b","port":1}}}');
  });
});

describe("decodeProbers", () => {
  it("gives what encodeProbers was given", () => {
    const plain = { noNullPrototype: true } as const;
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    const port = fc.integer({ min: 1, max: 65_535 });
    const header = fc.record({ name: text, value: fc.string({ unit: "grapheme" }) }, plain);
    const httpGet = fc.record(
      { path: text, port, host: text, scheme: fc.constantFrom("HTTP", "HTTPS"), httpHeaders: fc.array(header, { minLength: 1, maxLength: 3 }) },
      { ...plain, requiredKeys: ["port"] },
    );
    const tcpSocket = fc.record({ port, host: text }, { ...plain, requiredKeys: ["port"] });
    const grpc = fc.record({ port, service: fc.option(fc.string({ unit: "grapheme" }), { nil: null }) }, plain);
    const kind = fc.oneof(fc.record({ httpGet }, plain), fc.record({ tcpSocket }, plain), fc.record({ grpc }, plain));
    const prober: fc.Arbitrary<Prober> = fc
      .tuple(kind, fc.record({ timeoutSeconds: fc.integer({ min: 1, max: 2_147_483_647 }) }, { ...plain, requiredKeys: [] }))
      .map(([one, timeout]) => ({ ...one, ...timeout }));
    const name = text.filter((each) => !each.includes("/"));
    const path = fc.tuple(fc.constantFrom("app-health", "app-lifecycle"), name, fc.constantFrom("livez", "readyz", "prestopz")).map((parts) => `/${parts.join("/")}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(path, prober), { maxLength: 8 }), (entries) => {
        const probers = new Map(entries);
        const decoded = decodeProbers(encodeProbers(probers));
        assert(decoded.ok, JSON.stringify(decoded));
        assert.deepEqual(decoded.probers, probers);
      }),
    );
  });

  it("takes nothing, an empty object and null for no probers", () => {
    for (const text of ["", "{}", "null"]) assert.deepEqual(decodeProbers(text), { ok: true, probers: new Map() });
  });

  it("reads names in any case and passes over what it does not know, as Istio's agent does", () => {
    const decoded = decodeProbers('{"/app-health/a/livez":{"gRPC":{"Port":7,"other":1},"TimeoutSeconds":0,"new":[]},"/app-health/a/readyz":{"httpGet":{"port":1,"scheme":"https"},"grpc":null}}');
    assert.deepEqual(decoded.ok && Object.fromEntries(decoded.probers), {
      "/app-health/a/livez": { grpc: { port: 7, service: null } },
      "/app-health/a/readyz": { httpGet: { port: 1, scheme: "HTTPS" } },
    });
  });

  it("says that it cannot decode what is no JSON or no object", () => {
    for (const text of ["{", "nonsense", "[]", "7", "[".repeat(100_000)]) assert.match(problemsOf(text).join(), /^failed to decode: /, text.slice(0, 9));
  });

  it("names the path of every prober that is wrong, and the reason, in the words of Istio's agent", () => {
    const wrong = {
      "/app-health/a/livez": {},
      "/app-health/b/livez": null,
      "/app-health/c/livez": { httpGet: { port: 1 }, tcpSocket: { port: 1 } },
      "/app-health/d/livez": { httpGet: { port: "http" } },
      "/app-health/e/livez": { tcpSocket: {} },
      "/app-health/f/livez": { grpc: { port: 70_000, service: 1 } },
      "/app-health/g/livez": { httpGet: 1, timeoutSeconds: -1 },
      "/app-health/h/livez": { httpGet: { port: 1, path: 1, scheme: "ftp", httpHeaders: [{ value: "x" }] } },
      "/app-health/i/j/livez": { tcpSocket: { port: 1 } },
      "/app-health/k/otherz": { exec: {} },
    };
    assert.deepEqual(problemsOf(JSON.stringify(wrong)), [
      '"/app-health/a/livez": invalid prober type, must be one of type httpGet, tcpSocket or gRPC, and has none of them',
      '"/app-health/b/livez": invalid prober type, must be one of type httpGet, tcpSocket or gRPC, and has none of them',
      '"/app-health/c/livez": invalid prober type, must be one of type httpGet, tcpSocket or gRPC, and has 2 of them',
      '"/app-health/d/livez": httpGet.port must be int type, and is "http"',
      '"/app-health/e/livez": tcpSocket.port must be int type, and is not there',
      '"/app-health/f/livez": failed to decode: grpc.service must be a text or null, and is 1',
      '"/app-health/f/livez": grpc.port must be from 1 to 65535, and is 70000',
      '"/app-health/g/livez": failed to decode: timeoutSeconds must be a whole number of seconds, and is -1',
      '"/app-health/g/livez": failed to decode: httpGet must be an object, and is 1',
      '"/app-health/h/livez": httpGet.scheme must be HTTP or HTTPS, and is "FTP"',
      '"/app-health/h/livez": failed to decode: httpGet.path must be a text, and is 1',
      '"/app-health/h/livez": failed to decode: httpGet.httpHeaders must be a list of name and value, and is [{"value":"x"}]',
      '"/app-health/i/j/livez": invalid path, must match ^/(app-health|app-lifecycle)/[^/]+/(livez|readyz|startupz|prestopz|poststartz)$',
      '"/app-health/k/otherz": invalid path, must match ^/(app-health|app-lifecycle)/[^/]+/(livez|readyz|startupz|prestopz|poststartz)$',
      '"/app-health/k/otherz": invalid prober type, must be one of type httpGet, tcpSocket or gRPC, and has none of them',
    ]);
  });

  it("never throws, whatever JSON it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value))), (text) => {
        const decoded = decodeProbers(text);
        assert(decoded.ok || decoded.problems.length > 0);
      }),
    );
  });
});
