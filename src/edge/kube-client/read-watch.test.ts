import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { readWatch } from "./read-watch.ts";

describe("reading a watch", () => {
  it("takes a long silence for the end of the connection", async () => {
    const told: number[] = [];
    const stream = new PassThrough();
    const reading = readWatch(stream as unknown as IncomingMessage, (events) => told.push(events.length), 200);
    stream.write(`${JSON.stringify({ type: "BOOKMARK", object: { metadata: { name: "", resourceVersion: "7" } } })}\n`);
    await assert.rejects(reading, { name: "KubeError", status: 0, message: "the API server cannot be reached: nothing was told for 0.2 s" });
    assert.deepEqual(told, [1]);
    assert.ok(stream.destroyed);
  });

  it("tells what came before the error in one piece with it", async () => {
    const told: string[] = [];
    const stream = new PassThrough();
    const lines = [{ type: "ADDED", object: { metadata: { name: "a" } } }, { type: "ERROR", object: { kind: "Status", code: 410 } }, { type: "ADDED", object: { metadata: { name: "b" } } }];
    stream.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await assert.rejects(readWatch(stream as unknown as IncomingMessage, (events) => told.push(...events.map(({ object }) => object.metadata.name))), { status: 410, reason: "Expired" });
    assert.deepEqual(told, ["a"]);
  });
});
