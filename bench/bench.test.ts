import assert from "node:assert/strict";
import { skipBecause } from "../test/kit/skip.ts";
import { buildGoControlPlane } from "./push/references.ts";
import { runPush } from "./push/push-bench.ts";
import { formatMarkdown } from "./result.ts";

describe("the benches in small", () => {
  const lines: string[] = [];
  const push = { proxies: [3], services: [2], modes: ["delta", "sotw"] as const, rounds: 2, idleS: 0.2, onProgress: (line: string) => lines.push(line) };

  it("push: control plane and bare stream bring every edit to every proxy, in both variants", async () => {
    const { tables } = await runPush(push);
    const text = tables.map(formatMarkdown).join("\n");
    for (const variant of ["delta", "sotw"]) {
      for (const server of ["probeplane", "bare stream"]) {
        assert.match(text, new RegExp(`\\| 3 × 2 \\| ${variant} \\| ${server} \\|`));
        assert.ok(lines.some((line) => line.startsWith(`3 × 2 ${variant} ${server}: first `)));
      }
    }
  });

  it("push: go-control-plane beside it", function () {
    const built = buildGoControlPlane();
    if ("missing" in built) skipBecause(this, `go-control-plane: ${built.missing}`);
    for (const variant of ["delta", "sotw"]) assert.ok(lines.some((line) => line.startsWith(`3 × 2 ${variant} go-control-plane: first `)));
  });
});
