import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import type { TokenRefusal } from "../../core/access/refusal.ts";
import { isRefusal } from "./admission.ts";
import { createStreamAuthentication } from "./authenticate-stream.ts";

describe("the authentication of a stream", () => {
  const cases: readonly [TokenRefusal, status, RegExp][] = [
    ["missing", status.UNAUTHENTICATED, /^a token is needed$/],
    ["not for this proxy", status.UNAUTHENTICATED, /^the token is not for this proxy$/],
    ["not checkable", status.UNAVAILABLE, /^the token cannot be checked at present: the Kubernetes API server could not be asked$/],
  ];
  for (const [refusal, code, details] of cases) {
    it(`says ${status[code]} where the token is refused as "${refusal}", at once or later`, async () => {
      const dataplaneOf = (): undefined => undefined;
      const atOnce = await createStreamAuthentication({ authenticateProxy: () => Promise.resolve(refusal), dataplaneOf })("x");
      const later = await createStreamAuthentication({ authenticateProxy: () => Promise.resolve({ refusal: () => refusal }), dataplaneOf })("x");
      for (const reason of [atOnce, isRefusal(later) ? undefined : later.refusal({ mesh: "default", name: "web" })]) {
        assert.ok(reason !== undefined && isRefusal(reason));
        assert.equal(reason.code, code);
        assert.match(reason.details, details);
      }
    });
  }
});
