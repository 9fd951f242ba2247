import assert from "node:assert/strict";
import { defaultCompatibility } from "../compatibility.ts";
import { validateMeshHealthCheck } from "./validate.ts";

function texts(conf: unknown, compatibility = defaultCompatibility): string[] {
  const spec = { to: [{ targetRef: { kind: "Mesh" }, default: conf }] };
  return validateMeshHealthCheck(spec, compatibility).map(({ path, message }) => `${path}: ${message}`);
}

describe("validateMeshHealthCheck", () => {
  it("tells all that is wrong at once, in Kuma's order and words", () => {
    const conf = {
      interval: "0s",
      timeout: "-1s",
      unhealthyThreshold: 0,
      healthyThreshold: -1,
      initialJitter: "0s",
      intervalJitter: "10us",
      intervalJitterPercent: 101,
      healthyPanicThreshold: "many",
      noTrafficInterval: "0s",
      eventLogPath: "a b",
      http: { path: "", expectedStatuses: [42, 200, 700] },
    };
    assert.deepEqual(texts(conf), [
      "to[0].default.interval: must be greater than zero when defined",
      "to[0].default.timeout: must be greater than zero when defined",
      "to[0].default.unhealthyThreshold: must be greater than zero when defined",
      "to[0].default.healthyThreshold: must be greater than zero when defined",
      "to[0].default.initialJitter: must be greater than zero when defined",
      "to[0].default.intervalJitter: must be at least 1ms when defined",
      "to[0].default.intervalJitterPercent: must be in inclusive range [0, 100]",
      "to[0].default.healthyPanicThreshold: string must be a valid number",
      "to[0].default.noTrafficInterval: must be greater than zero when defined",
      "to[0].default.eventLogPath: must be a valid path when defined",
      "to[0].default.http.path: must be defined",
      "to[0].default.http.expectedStatuses[0]: must be in inclusive range [100, 599]",
      "to[0].default.http.expectedStatuses[2]: must be in inclusive range [100, 599]",
    ]);
  });

  it("asks for one of the blocks in every item, and takes a disabled one", () => {
    const expected = ["to[0].default: must have at least one defined: http, tcp, grpc"];
    assert.deepEqual(texts({ interval: "1s" }), expected);
    assert.deepEqual(texts(undefined), expected);
    assert.deepEqual(texts({ http: { disabled: true } }), []);
    assert.deepEqual(texts({ http: "wrong type" }), []);
  });

  for (const value of [0, 100, 50, "0", "62.9", "100.0", ".5"]) {
    it(`takes ${JSON.stringify(value)} for healthyPanicThreshold`, () => assert.deepEqual(texts({ healthyPanicThreshold: value, tcp: {} }), []));
  }
  for (const value of [-1, 101, "100.1", "-0.1"]) {
    it(`refuses ${JSON.stringify(value)} for healthyPanicThreshold`, () => {
      assert.deepEqual(texts({ healthyPanicThreshold: value, tcp: {} }), ["to[0].default.healthyPanicThreshold: must be in inclusive range [0.0, 100.0]"]);
    });
  }

  for (const path of ["", "/var/log/hc.log", "/a b", "C:\\logs\\hc.log"]) {
    it(`takes ${JSON.stringify(path)} for eventLogPath`, () => assert.deepEqual(texts({ eventLogPath: path, tcp: {} }), []));
  }
  for (const path of ["hc.log", "./hc.log", "a/b", " /x", "/a\0b"]) {
    it(`refuses ${JSON.stringify(path)} for eventLogPath`, () => assert.equal(texts({ eventLogPath: path, tcp: {} }).length, 1));
  }

  it("wants Base64 that is not empty in send and receive, where payloads are Base64", () => {
    const base64 = "must be valid Base64 (with compatibility.tcpPayload: text it may be any text)";
    assert.deepEqual(texts({ tcp: { send: "ping\n", receive: ["cG9uZw==", "PON", ""] } }), [
      `to[0].default.tcp.send: ${base64}`,
      `to[0].default.tcp.receive[1]: ${base64}`,
      "to[0].default.tcp.receive[2]: must not be empty",
    ]);
    const text = { ...defaultCompatibility, tcpPayload: "text" as const };
    assert.deepEqual(texts({ tcp: { send: "ping\n", receive: ["PON"] } }, text), []);
    assert.deepEqual(texts({ tcp: { send: "" } }, text), ["to[0].default.tcp.send: must not be empty"]);
  });

  it("refuses what Envoy would refuse in a request", () => {
    assert.deepEqual(
      texts({
        grpc: { authority: "a\nb" },
        http: { path: "/a\u0001", requestHeadersToAdd: { set: [{ name: "x", value: "a\r\nb" }], add: [{ name: "y", value: "1" }, { name: "y", value: "2" }] } },
      }),
      [
        "to[0].default.http.path: must not contain control characters",
        "to[0].default.http.requestHeadersToAdd.set[0].value: must not contain line breaks or NUL",
        'to[0].default.http.requestHeadersToAdd.add[1].name: duplicate value: "y"',
        "to[0].default.grpc.authority: must not contain line breaks or NUL",
      ],
    );
  });
});
