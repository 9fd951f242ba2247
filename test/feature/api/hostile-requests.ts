import { requestText } from "./raw-http.ts";

/** A request that was made up to do harm, and the statuses with which it may be answered; none: the connection may just be closed. */
export interface HostileRequest {
  readonly title: string;
  readonly bytes: Buffer;
  readonly statuses: readonly number[];
}

const policyUrl = "/meshes/default/meshhealthchecks/check";
const valid = { type: "MeshHealthCheck", mesh: "default", name: "check", spec: { to: [{ targetRef: { kind: "Mesh" }, default: { tcp: {} } }] } };

/** In the place of a name: `%` stands for itself, all is sent as it is written here. */
const names = [
  "..", ".", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f", "..%5c..", "%252e%252e%252f", "%c0%ae%c0%ae%c0%af", "a%2fb", "a%00b", "%00", "%0a", "%0d%0aset-cookie:x",
  "%e2%80%ae", "%ff%fe", "%ed%a0%80", "%f0%9f%98%80", "__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf", "null", "undefined", "NaN", "-1", "*", "'", "%22",
  "%3Cscript%3E", "$%7Bjndi:ldap%7D", "';drop%20table%20resources;--", "a".repeat(254), "a".repeat(1024), "a".repeat(8000), "kuma.io", "_overview", "%", "%z", "%2", "a;b=c", "a%3fb", "a%23b", "CON", "%20", "a%20", "-a", "a-", ".a",
];

const nameRequests: readonly HostileRequest[] = names.flatMap((name) => [
  { title: `a policy named ${name.slice(0, 40)}`, bytes: requestText("GET", `/meshes/default/meshhealthchecks/${name}`), statuses: [404, 400, 414, 431] },
  { title: `a mesh named ${name.slice(0, 40)}`, bytes: requestText("GET", `/meshes/${name}/dataplanes`), statuses: [404, 400, 414, 431] },
  { title: `a put of ${name.slice(0, 40)}`, bytes: requestText("PUT", `/meshes/default/meshhealthchecks/${name}`, JSON.stringify({ ...valid, name: decoded(name) })), statuses: [400, 404, 414, 201, 405] },
]);

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const text = JSON.stringify(valid);
const bodies: Readonly<Record<string, Buffer | string>> = {
  "objects 100,000 deep": `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
  "lists 400,000 deep": "[".repeat(400_000),
  "a value 1,000 deep in a label": text.replace('"check"', `"check","labels":${'{"a":'.repeat(1000)}1${"}".repeat(1000)}`),
  "invalid UTF-8": Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), Buffer.from("}}")]),
  "invalid UTF-8 in a name": Buffer.from(text.replace("check", "che\u00ffck"), "latin1"),
  "UTF-16": Buffer.from(text, "utf16le"),
  "a byte order mark": `\ufeff${text}`,
  "half a surrogate pair": text.replace("check", "\\ud800"),
  "a NUL in a text": text.replace("check", "che\\u0000ck"),
  "NULs": "\u0000".repeat(1000),
  "a field twice": text.replace('"type":', '"type":"Mesh","type":'),
  "__proto__ at the top": text.replace('"type":', '"__proto__":{"polluted":1},"type":'),
  "__proto__ in the spec": text.replace('"to":', '"__proto__":{"polluted":1},"to":'),
  "__proto__ among labels": text.replace('"spec":', '"labels":{"__proto__":"x"},"spec":'),
  "constructor and prototype": text.replace('"to":', '"constructor":{"prototype":{"polluted":1}},"to":'),
  "a huge number": text.replace("{}", '{"disabled":1e400}'),
  "a number of 100,000 digits": text.replace("{}", `{"disabled":${"9".repeat(100_000)}}`),
  "NaN": text.replace("{}", "NaN"),
  "100,000 fields": `{${Array.from({ length: 60_000 }, (_, i) => `"f${i}":1`).join(",")}}`,
  "50,000 to items": text.replace("[{", `[${'{"targetRef":{"kind":"Mesh"},"default":{}},'.repeat(20_000)}{`),
  "a text of 900 KB": text.replace("check", "x".repeat(900_000)),
  "a pattern's worst case": text.replace('"tcp":{}', `"interval":"${"1".repeat(50_000)}"`),
  "nothing": "",
  "null": "null",
  "a list": "[]",
  "a text": '"x"',
  "half a document": text.slice(0, 50),
  "two documents": text + text,
  "a type that is an object": text.replace('"MeshHealthCheck"', "{}"),
  "a name that is a list": text.replace('"check"', '["check"]'),
  "labels that are a text": text.replace('"spec":', '"labels":"x","spec":'),
  "a spec that is a list": '{"type":"MeshHealthCheck","mesh":"default","name":"check","spec":[1]}',
};

const bodyRequests: readonly HostileRequest[] = Object.entries(bodies).map(([title, body]) => {
  return { title: `a body with ${title}`, bytes: requestText("PUT", policyUrl, body), statuses: [400, 413, 200, 201] };
});

const yaml = { "content-type": "application/yaml" };
const yamls: Readonly<Record<string, string>> = {
  "a billion laughs": `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi".split("").map((c, i) => `${c}: &${c} [${`*${"abcdefgh"[i] ?? ""},`.repeat(9)}]`).join("\n")}\n`,
  "an alias of itself": "a: &a [*a]\n",
  "a tag for code": "type: !!js/function 'function () { return 1; }'\n",
  "a merge of itself": "a: &a\n  <<: *a\n",
  "documents without end": "---\n".repeat(100_000),
  "flow 5,000 deep": "[".repeat(5000),
  "block 2,000 deep": Array.from({ length: 1200 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
  "a key that is a map": "? {a: 1}\n: 2\n",
  "__proto__": "type: MeshHealthCheck\n__proto__: {polluted: 1}\n",
  "binary": "\u0001\u0002\u0003",
};

const yamlRequests: readonly HostileRequest[] = Object.entries(yamls).map(([title, body]) => {
  return { title: `YAML with ${title}`, bytes: requestText("PUT", policyUrl, body, yaml), statuses: [400, 413] };
});

const get = "GET /meshes HTTP/1.1\r\nhost: 127.0.0.1\r\n";
const raw: readonly [title: string, bytes: string, statuses: readonly number[]][] = [
  ["a header of 100 KB", `${get}x: ${"a".repeat(100_000)}\r\n\r\n`, [431]],
  ["3,000 headers", `${get}${"x: y\r\n".repeat(3000)}connection: close\r\n\r\n`, [431, 200, 400]],
  ["a request line of 100 KB", `GET /${"a".repeat(100_000)} HTTP/1.1\r\n\r\n`, [431, 414]],
  ["no Host", "GET /meshes HTTP/1.1\r\n\r\n", [400]],
  ["two Hosts", `${get}host: evil.example\r\nconnection: close\r\n\r\n`, [400, 403, 200]],
  ["another Host", "GET /meshes HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n", [403]],
  ["a Host of nonsense", "GET /meshes HTTP/1.1\r\nhost: a b@c/d\r\nconnection: close\r\n\r\n", [403, 400]],
  ["an empty Host", "GET /meshes HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n", [403, 400]],
  ["a URL with a host", "GET http://evil.example/meshes HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n", [404, 400, 403, 200]],
  ["a URL of two slashes", "GET // HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n", [404, 400]],
  ["a URL without a slash", "GET meshes HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n", [404, 400]],
  ["a URL with a space", "GET /meshes x HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", [400]],
  ["bytes above 127 in the URL", "GET /meshes/\u00ff\u00fe HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n", [404, 400]],
  ["a query that never ends", `GET /meshes?${"a=b&".repeat(2000)} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`, [200, 431]],
  ["a query with __proto__", "GET /meshes?__proto__[x]=1&filter[labels.__proto__]=1 HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n", [200, 400]],
  ["a broken query", "GET /meshes?%ff=%zz&size=%00 HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n", [200, 400]],
  ["HTTP/0.9", "GET /meshes\r\n\r\n", [400, 403]],
  ["HTTP/1.0", "GET /meshes HTTP/1.0\r\nhost: 127.0.0.1\r\n\r\n", [200]],
  ["HTTP/9.9", "GET /meshes HTTP/9.9\r\nhost: 127.0.0.1\r\n\r\n", [400, 505]],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]],
  ["a TLS hello", "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003", [400]],
  ["an unknown method", "BREW /meshes HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", [400, 404, 405]],
  ["CONNECT", "CONNECT example.org:443 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", []],
  ["TRACE", "TRACE /meshes HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n", [404, 405]],
  ["an upgrade", `${get}upgrade: websocket\r\nconnection: upgrade, close\r\n\r\n`, [200, 400, 404]],
  ["a negative length", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: -1\r\n\r\n", [400]],
  ["a length that is none", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1e3\r\n\r\n", [400]],
  ["two lengths", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}", [400]],
  ["a length and chunks", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n", [400]],
  ["chunks that are none", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n", [400]],
  ["a chunk that is too large", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n\r\n", [400, 413]],
  ["an encoding that nobody knows", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: gzip\r\n\r\n{}", [400, 501]],
  ["a compressed body", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\nconnection: close\r\ncontent-length: 4\r\n\r\n\u001f\u008b\u0008\u0000", [400, 415]],
  ["a body that does not come", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{", []],
  ["a line feed alone", "GET /meshes HTTP/1.1\nhost: 127.0.0.1\n\n", [400, 200]],
  ["a header that goes on", `${get}x: a\r\n b\r\nconnection: close\r\n\r\n`, [400, 200]],
  ["a NUL in a header", `${get}x: a\u0000b\r\n\r\n`, [400]],
  ["a header without a colon", `${get}nonsense\r\n\r\n`, [400]],
  ["a header with a space in its name", `${get}a b: c\r\n\r\n`, [400]],
  ["expecting to go on", "PUT /meshes/x HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}", [100, 400, 417]],
  ["expecting something else", `${get}expect: miracles\r\nconnection: close\r\n\r\n`, [417]],
  ["several requests at once", `${get}\r\n${get}\r\n${get}connection: close\r\n\r\n`, [200]],
  ["nothing at all", "", []],
  ["empty lines", "\r\n".repeat(1000), []],
  ["a type of nonsense", requestText("PUT", policyUrl, text, { "content-type": `application/json; ${"a".repeat(5000)}` }).toString("latin1"), [200, 201, 415]],
  ["a type with a NUL", requestText("PUT", policyUrl, text, { "content-type": "application/json\u0000" }).toString("latin1"), [400, 415]],
  ["no type", requestText("PUT", policyUrl, text).toString("latin1").replace("content-type: application/json\r\n", ""), [200, 201, 415]],
  ["a form", requestText("PUT", policyUrl, "a=b", { "content-type": "application/x-www-form-urlencoded" }).toString("latin1"), [415]],
  ["a multipart form", requestText("PUT", policyUrl, "--x--", { "content-type": "multipart/form-data; boundary=x" }).toString("latin1"), [415]],
  ["a condition of nonsense", requestText("PUT", policyUrl, text, { "if-match": "x".repeat(1000) }).toString("latin1"), [400]],
  ["a body with GET", requestText("GET", "/meshes", "{}").toString("latin1"), [200]],
  ["a body with DELETE", requestText("DELETE", `${policyUrl}x`, "{}").toString("latin1"), [404]],
];

/** Around 200 of them. */
export const hostileRequests: readonly HostileRequest[] = [
  ...nameRequests,
  ...bodyRequests,
  ...yamlRequests,
  ...raw.map(([title, bytes, statuses]) => ({ title, bytes: Buffer.from(bytes, "latin1"), statuses })),
];
