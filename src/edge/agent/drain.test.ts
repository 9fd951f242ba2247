import assert from "node:assert/strict";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { drain } from "./drain.ts";

describe("draining", () => {
  const connections = {
    "listener.10.0.0.1_8080.downstream_cx_active": 2, "listener.10.0.0.1_8080.worker_0.downstream_cx_active": 2,
    "listener.admin.downstream_cx_active": 1, "listener.sidecar.downstream_cx_active": 4,
  };

  it("waits for the connections of clients, not for those of Prometheus, the kubelet and the admin interface", async () => {
    const log = createRecordingLog();
    const posted: string[] = [];
    const admin = {
      post: (path: string) => Promise.resolve(void posted.push(path)),
      stats: () => Promise.resolve(new Map(Object.entries(connections))),
    };
    await drain({ admin, drainMs: 1, signal: new AbortController().signal, logger: log });
    assert.deepEqual(posted, ["/healthcheck/fail", "/drain_listeners?graceful"]);
    assert.deepEqual(log.lines.map(({ message, fields }) => [message, (fields as { readonly connections?: number }).connections]), [["drained", 2]]);
  });

  it("is given up when Envoy does not answer", async () => {
    const log = createRecordingLog();
    const admin = { post: () => Promise.reject(new Error("gone")), stats: () => Promise.resolve(new Map<string, number>()) };
    await drain({ admin, drainMs: 1, signal: new AbortController().signal, logger: log });
    assert.match(log.lines[0]?.message ?? "", /cannot drain Envoy/);
  });
});
