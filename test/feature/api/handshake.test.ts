import assert from "node:assert/strict";
import { apiUnderTest } from "./api-under-test.ts";

describe("the handshake", () => {
  it("tells the truth", async () => {
    const api = apiUnderTest();
    assert.deepEqual((await api.request("GET", "/")).json(), { clusterId: "c0ffee", hostname: "host", instanceId: "host-1a2b", product: "probeplane", version: "1.2.3" });
    await api.app.close();
  });

  it("answers as a Kuma of a version where that is set, and says beside it who serves", async () => {
    const identity = { product: "probeplane", version: "1.2.3", hostname: "host", instanceId: "i", clusterId: "c", answerAsKuma: "2.14.0" };
    const api = apiUnderTest(() => ({ identity }));
    const { product, version, servedBy } = (await api.request("GET", "/")).json<Record<string, string>>();
    assert.deepEqual([product, version, servedBy], ["Kuma", "2.14.0", "probeplane 1.2.3"]);
    await api.app.close();
  });
});
