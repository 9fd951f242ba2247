import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { apiUnderTest, type ApiUnderTest } from "./api-under-test.ts";
import { hostileRequests } from "./hostile-requests.ts";
import { requestText, sendRaw } from "./raw-http.ts";

describe(`${hostileRequests.length} requests made up to do harm`, () => {
  let api: ApiUnderTest;
  let port = 0;
  before(async () => {
    api = apiUnderTest();
    await api.put("/meshes/default", { type: "Mesh", name: "default" });
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    port = (api.app.server.address() as AddressInfo).port;
  });
  after(() => api.app.close());

  for (const { title, bytes, statuses } of hostileRequests) {
    it(title.replaceAll(/[^ -~]/g, "?"), async () => {
      const answer = await sendRaw(port, [bytes]);
      if (statuses.length === 0) assert.deepEqual(answer.statuses.filter((status) => status >= 500), []);
      else assert.ok(answer.statuses.length > 0 && answer.statuses.every((status) => statuses.includes(status)), `${answer.statuses.join()}: ${answer.text.slice(0, 500)}`);
      assert.ok(!answer.text.includes("node_modules"), answer.text);
      assert.deepEqual(api.wrongReplies.splice(0), []);
    });
  }

  it("leave the server as it was", async () => {
    assert.ok(hostileRequests.length >= 200);
    assert.deepEqual((await sendRaw(port, [requestText("GET", "/meshes")])).statuses, [200]);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});
