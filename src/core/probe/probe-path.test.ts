import assert from "node:assert/strict";
import fc from "fast-check";
import { keyOfRequest, probePath, readProbePath, requestPath, type HandlerWord } from "./probe-path.ts";

describe("the paths of the agent", () => {
  it("are Istio's", () => {
    assert.deepEqual(
      (["readyz", "livez", "startupz", "prestopz", "poststartz"] as const).map((word) => probePath("web", word)),
      ["/app-health/web/readyz", "/app-health/web/livez", "/app-health/web/startupz", "/app-lifecycle/web/prestopz", "/app-lifecycle/web/poststartz"],
    );
  });

  it("are read back", () => {
    const words: readonly HandlerWord[] = ["readyz", "livez", "startupz", "prestopz", "poststartz"];
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => !name.includes("/")), fc.constantFrom(...words), (container, handler) => {
        assert.deepEqual(readProbePath(probePath(container, handler)), { container, handler });
      }),
    );
    for (const other of ["/app-health/web/prestopz", "/app-health/web/toString", "/app-health//readyz", "/app-health/a/b/readyz", "/healthz/ready", ""]) {
      assert.equal(readProbePath(other), undefined, other);
    }
  });

  it("pass through a request, whatever the container is called", () => {
    assert.equal(requestPath("/app-health/web-1/readyz"), "/app-health/web-1/readyz");
    assert.equal(requestPath("/app-health/a?b %/readyz"), "/app-health/a%3Fb%20%25/readyz");
    assert.equal(keyOfRequest("/app-health/web/readyz?x=%"), "/app-health/web/readyz");
    assert.equal(keyOfRequest("/app-health/%zz/readyz"), "/app-health/%zz/readyz");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const path = requestPath(`/app-health/${name}/livez`);
        assert.equal(new URL(path, "http://a").pathname.length > 0, true);
        assert.equal(keyOfRequest(path), `/app-health/${name}/livez`);
      }),
    );
  });
});
