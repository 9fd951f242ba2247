import assert from "node:assert/strict";
import { apiFailure } from "./api-failure.ts";
import { describeConnectionFailure } from "./connection-failure.ts";
import { isPlainOffMachine, parseAddress } from "./connection.ts";

describe("parseAddress", () => {
  for (const [text, address] of [
    ["http://127.0.0.1:5681", "http://127.0.0.1:5681"],
    ["https://cp.example:5682/", "https://cp.example:5682"],
    ["https://cp.example/kuma//", "https://cp.example/kuma"],
  ] as const) {
    it(`takes ${text}`, () => assert.deepEqual(parseAddress(text), { address }));
  }

  for (const [text, message] of [
    ["127.0.0.1:5681", /write http:\/\/host:port/],
    ["localhost:5681", /write http:\/\/host:port/],
    ["grpc://a:1", /write http:\/\/host:port/],
    ["https://me:secret@cp:1", /^cp:1: an address has no user and no password/],
    ["http://cp:1/?a=b", /ends before/],
  ] as const) {
    it(`refuses ${text}`, () => {
      const parsed = parseAddress(text);
      assert.ok("error" in parsed);
      assert.match(parsed.error, message);
    });
  }

  it("never repeats a password", () => {
    assert.ok(!JSON.stringify(parseAddress("https://me:secret@cp:1")).includes("secret"));
  });
});

describe("isPlainOffMachine", () => {
  for (const [address, expected] of [
    ["http://127.0.0.1:5681", false],
    ["http://localhost:5681", false],
    ["http://[::1]:5681", false],
    ["http://10.0.0.1:5681", true],
    ["http://127.evil.example", true],
    ["https://10.0.0.1:5682", false],
  ] as const) {
    it(`${address}: ${String(expected)}`, () => assert.equal(isPlainOffMachine(address), expected));
  }
});

describe("a connection that fails", () => {
  const https = { address: "https://cp:5682", timeoutMs: 5000 };
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ code: "ECONNREFUSED" }, /nothing listens there \(ECONNREFUSED\); start it with `probeplane run`, or name another address with --address/],
    [{ code: "ENOTFOUND" }, /there is no host cp/],
    [{ code: "EHOSTUNREACH" }, /does not answer/],
    [{ code: "SELF_SIGNED_CERT_IN_CHAIN" }, /does not trust its certificate .*--ca-cert-file/],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID", message: "Hostname/IP does not match certificate's altnames: Host: cp. is not in the cert's altnames: DNS:x" }, /is not for cp \(.*DNS:x\)/],
    [{ code: "CERT_HAS_EXPIRED" }, /has expired; renew it/],
    [{ code: "ECONNRESET" }, /was cut .*say https:/],
    [{ code: "EPROTO", message: "write EPROTO 80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../x:355:\n" }, /TLS fails \(wrong version number\); .*say http:/],
    [{ code: "HPE_INVALID_CONSTANT" }, /does not speak HTTP/],
    [{ name: "TimeoutError" }, /no answer within 5 s; allow more with --request-timeout/],
    [{ message: "something odd" }, /something odd; check the address/],
  ];
  for (const [failure, expected] of cases) {
    it(`is told in one sentence that names the address: ${JSON.stringify(failure).slice(0, 60)}`, () => {
      const text = describeConnectionFailure(https, failure);
      assert.match(text, /^cannot reach the control plane at https:\/\/cp:5682: /);
      assert.match(text, expected);
      assert.ok(!text.includes("\n"));
    });
  }

  it("says that the CA given is the wrong one when one was given", () => {
    assert.match(describeConnectionFailure({ ...https, caCert: "x" }, { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), /does not come from the CA given/);
  });
});

describe("an answer that refuses", () => {
  it("is told as title (detail), with each parameter on a line of its own", () => {
    const body = { title: "Could not process a resource", detail: "Resource is not valid", invalid_parameters: [{ field: "spec.to", reason: "a" }, { field: "", reason: "b" }] };
    assert.equal(apiFailure({ status: 400, text: JSON.stringify(body) }).message, "Could not process a resource (Resource is not valid)\n* spec.to: a\n* b");
  });

  it("says once what title and detail both say", () => {
    assert.equal(apiFailure({ status: 500, text: '{"title":"Internal Server Error","detail":"Internal Server Error"}' }).message, "Internal Server Error");
  });

  it("says how to give a token when one is missing", () => {
    assert.match(apiFailure({ status: 401, text: '{"title":"Unauthenticated","detail":"no token"}' }).message, /^Unauthenticated \(no token\); give a token with --token-file/);
  });

  it("is told by status and first line when it is no answer of a control plane's", () => {
    assert.equal(apiFailure({ status: 404, text: "404: Page Not Found" }).message, "the control plane answers 404: 404: Page Not Found");
    assert.equal(apiFailure({ status: 502, text: "\n<html>\nmore" }).message, "the control plane answers 502: <html>");
    assert.equal(apiFailure({ status: 502, text: "" }).message, "the control plane answers 502");
  });
});
