import assert from "node:assert/strict";
import { dataplane, inboundOf } from "../../../test/kit/resources.ts";
import { senderTags } from "./sender-tags.ts";

describe("sender tags", () => {
  it("joins the tags of all inbounds and of the gateway, sorted, each value once", () => {
    const sender = dataplane("web-1", {
      inbound: [inboundOf("web", { tags: { version: "v2" } }), inboundOf("admin", { tags: { version: "v1" }, protocolTag: "" })],
      gateway: { team: "x", version: "v1" },
      labels: { app: "web" },
    });
    assert.equal(senderTags(sender), "&kuma.io/protocol=http&&kuma.io/service=admin,web&&team=x&&version=v1,v2&");
  });

  it("takes the labels where there are no tags", () => {
    assert.equal(senderTags(dataplane("job", { labels: { b: "2", a: "1" } })), "&a=1&&b=2&");
  });

  it("is empty where there is neither", () => assert.equal(senderTags(dataplane("job")), ""));
});
