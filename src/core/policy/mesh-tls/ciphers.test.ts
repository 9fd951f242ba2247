import assert from "node:assert/strict";
import { tlsParameters } from "./plan.ts";

describe("ciphers of MeshTLS", () => {
  it("are those that ECDSA keys, which proxies have, can be used with: one for RSA keys means its twin", () => {
    const tlsCiphers = ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"];
    assert.deepEqual(tlsParameters({ tlsCiphers }).ciphers, ["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"]);
  });
});
