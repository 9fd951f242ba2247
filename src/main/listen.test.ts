import assert from "node:assert/strict";
import { CommandFailure } from "./exit-status.ts";
import { listenOrFail } from "./listen.ts";

describe("listenOrFail", () => {
  const address = { host: "127.0.0.1", port: 5681 };

  it("names the option, the address and the reason", async () => {
    const inUse = Object.assign(new Error("listen EADDRINUSE: address already in use 127.0.0.1:5681"), { code: "EADDRINUSE" });
    await assert.rejects(listenOrFail("--api-listen", address, () => Promise.reject(inUse)), (error: unknown) => {
      assert.ok(error instanceof CommandFailure);
      assert.equal(error.message, "--api-listen: cannot listen on 127.0.0.1:5681: another process listens there");
      assert.equal(error.status, 69);
      return true;
    });
  });

  it("finds the reason in a text too", async () => {
    const error = new Error("No address added out of total 1 resolved errors: [listen EADDRNOTAVAIL: address not available 10.9.8.7:1]");
    await assert.rejects(listenOrFail("--xds-listen", { host: "10.9.8.7", port: 1 }, () => Promise.reject(error)), /this machine does not have that address/);
  });
});
