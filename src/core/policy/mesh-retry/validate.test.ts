import assert from "node:assert/strict";
import { parseResource } from "../parse-resource.ts";
import { meshRetryKind } from "./kind.ts";
import { retryConditions } from "./retry-conditions.ts";
import { validateMeshRetry } from "./validate.ts";

function problemsOf(conf: unknown): readonly string[] {
  const found = validateMeshRetry({ to: [{ targetRef: { kind: "Mesh" }, default: conf }] });
  return found.map(({ path, message }) => `${path.replace("to[0].default", "")}: ${message}`);
}

function parsed(conf: unknown): ReturnType<typeof parseResource> {
  return parseResource({ type: "MeshRetry", mesh: "default", name: "r", spec: { to: [{ targetRef: { kind: "Mesh" }, default: conf }] } });
}

describe("validateMeshRetry", () => {
  it("tells all that is wrong at once, in the words of Kuma", () => {
    assert.deepEqual(
      problemsOf({
        tcp: { maxConnectAttempt: 0 },
        http: {
          perTryTimeout: "-1s",
          backOff: { baseInterval: "0s", maxInterval: "500us" },
          rateLimitedBackOff: { resetHeaders: [{ name: "", format: "Seconds" }], maxInterval: "0s" },
          retryOn: ["Resett", "reset,503"],
          hostSelection: [
            { predicate: "OmitHostsWithTags" },
            { predicate: "OmitPreviousPriorities", updateFrequency: 0 },
            { predicate: "OmitPreviousPriorities" },
            { predicate: "OmitPreviousHost" },
          ],
          hostSelectionMaxAttempts: 0,
        },
        grpc: { retryOn: ["503", "HttpMethodGet", "Cancled"] },
      }),
      [
        ".tcp.maxConnectAttempt: must be greater than 0",
        ".http.perTryTimeout: must not be negative when defined",
        ".http.backOff.baseInterval: must be greater than zero when defined",
        ".http.backOff.maxInterval: must be at least 1ms when defined",
        ".http.rateLimitedBackOff.resetHeaders[0].name: must be defined",
        ".http.rateLimitedBackOff.maxInterval: must be greater than zero when defined",
        ".http.retryOn[0]: unknown item 'Resett'; did you mean Reset?",
        ".http.retryOn[1]: unknown item 'reset,503'; each condition is an item of its own",
        ".http.hostSelection: OmitPreviousPriorities must only be specified once",
        ".http.hostSelection[0].tags: must be defined",
        ".http.hostSelection[1].updateFrequency: must be defined and greater than zero",
        ".http.hostSelection[3].predicate: unknown predicate type 'OmitPreviousHost'; did you mean OmitPreviousHosts?",
        ".http.hostSelectionMaxAttempts: must be greater than 0",
        ".grpc.retryOn[0]: unknown item '503'; gRPC calls are told apart by the status of the call, all are POST requests that are answered with 200",
        ".grpc.retryOn[1]: unknown item 'HttpMethodGet'; gRPC calls are told apart by the status of the call, all are POST requests that are answered with 200",
        ".grpc.retryOn[2]: unknown item 'Cancled'; did you mean Canceled?",
      ],
    );
  });

  it("asks for a block, and for something in it", () => {
    const noBlock = ": at least one of the 'tcp', 'http', 'grpc' must be specified";
    for (const conf of [undefined, {}]) assert.deepEqual(problemsOf(conf), [noBlock]);
    assert.deepEqual(problemsOf({ tcp: {}, http: {}, grpc: {} }), [".tcp: must not be empty", ".http: must not be empty", ".grpc: must not be empty"]);
    assert.deepEqual(problemsOf({ http: { backOff: {}, rateLimitedBackOff: { resetHeaders: [] } } }), [
      ".http.backOff: must not be empty",
      ".http.rateLimitedBackOff.resetHeaders: must be defined",
    ]);
  });

  it("refuses a back-off that Envoy would refuse, and takes one that it can be given", () => {
    assert.deepEqual(problemsOf({ grpc: { backOff: { baseInterval: "1s", maxInterval: "500ms" } } }), [".grpc.backOff.maxInterval: must not be less than baseInterval"]);
    for (const backOff of [{ maxInterval: "1s" }, { baseInterval: "1s" }, { baseInterval: "1s", maxInterval: "1s" }]) {
      assert.deepEqual(problemsOf({ http: { backOff } }), []);
    }
  });

  it("takes every condition by Kuma's name and by Envoy's word, in any case, and any status as a text or a number", () => {
    const names = retryConditions.flatMap(({ name, word }) => [name, word, name.toUpperCase()]);
    const methods = ["Connect", "Delete", "Get", "Head", "Options", "Patch", "Post", "Put", "Trace"].map((method) => `HttpMethod${method}`);
    assert.ok(names.length > 40);
    assert.ok(parsed({ http: { retryOn: [...names, ...methods, "503", 502, "200", 599] } }).ok);
    const inGrpc = names.filter((name) => !/^retriable-?(status-?codes|headers)$/i.test(name));
    assert.ok(parsed({ grpc: { retryOn: inGrpc } }).ok);
  });

  for (const item of ["", "9", "99", "600", "0503", "5.5", "GET", "HttpMethodFoo", 600, 50, -503, 503.5]) {
    it(`refuses ${JSON.stringify(item)} in retryOn`, () => {
      assert.equal(problemsOf({ http: { retryOn: [item] } }).length, 1);
    });
  }

  it("refuses header matches that say nothing, and expressions that RE2 does not take", () => {
    const match = (type: string, value?: string): unknown => ({ http: { retriableResponseHeaders: [{ name: "x-a", type, ...(value === undefined ? {} : { value }) }] } });
    for (const type of ["Exact", "Prefix", "RegularExpression"]) assert.deepEqual(problemsOf(match(type)), [".http.retriableResponseHeaders[0].value: must be defined"]);
    for (const type of ["Present", "Absent"]) assert.deepEqual(problemsOf(match(type)), []);
    assert.deepEqual(problemsOf(match("Prefix", "")), [".http.retriableResponseHeaders[0].value: must be defined"]);
    assert.deepEqual(problemsOf(match("Exact", "")), []);
    for (const expression of ["(?=a)b", "a(?<!b)", "(a)\\1", "(a", "[z-a]", "*"]) assert.equal(problemsOf(match("RegularExpression", expression)).length, 1, expression);
    for (const expression of ["^5..$", "(?i)try-again|later", "(?P<n>a+)", "\\Aa\\z", "[[:alpha:]]+", "\\(\\?=a\\)"]) assert.deepEqual(problemsOf(match("RegularExpression", expression)), [], expression);
  });

  it("has Kuma's documented default policy and the guide's two policies pass", () => {
    const kuma = { numRetries: 5, perTryTimeout: "16s", backOff: { baseInterval: "25ms", maxInterval: "250ms" } };
    assert.ok(parsed({ tcp: { maxConnectAttempt: 5 }, http: kuma, grpc: kuma }).ok);
    const guide = ["connect-failure", "refused-stream", "unavailable", "cancelled", "retriable-status-codes"];
    for (const retryOn of [[...guide, "503"], [...guide, "reset", 503]]) {
      assert.ok(parsed({ http: { numRetries: 2, retryOn, hostSelection: [{ predicate: "OmitPreviousHosts" }], hostSelectionMaxAttempts: 5 } }).ok);
    }
  });

  it("passes over what has the wrong type, which the schema reports", () => {
    for (const conf of [[], "x", { http: [] }, { http: { retryOn: "503", backOff: 1, hostSelection: [1], retriableRequestHeaders: [[]] } }]) validateMeshRetry({ to: [{ default: conf }] });
    assert.equal(meshRetryKind.lists.join(), "to");
  });
});
