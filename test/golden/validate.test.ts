import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { JsonObject } from "../../src/core/base/json.ts";
import type { XdsResources } from "../../src/core/translate/translate.ts";
import { endWithUs } from "../kit/children.ts";
import { envoyFor } from "../kit/envoy-binary.ts";
import { caseNames, runCase } from "./run-case.ts";
import { asServed, inlined } from "./static-bootstrap.ts";

describe("golden × Envoy", () => {
  let envoy: string;
  let folder: string | undefined;
  const cases = new Map<string, XdsResources>();

  before(async function () {
    envoy = await envoyFor(this);
    folder = await mkdtemp(path.join(tmpdir(), "probeplane-validate-"));
    for (const name of await caseNames()) cases.set(name, (await runCase(name)).resources);
  });
  after(async () => { if (folder !== undefined) await rm(folder, { recursive: true }); });

  for (const [what, assemble] of [["as they are served", asServed], ["with endpoints and routes inlined", inlined]] as const) {
    it(`a real Envoy accepts every golden, ${what}`, async () => {
      const together = await validate(assemble(cases));
      if (together === "") return;
      // Which one it was is worth a start of Envoy for each.
      const refused: string[] = [];
      for (const [name, resources] of cases) {
        const said = await validate(assemble(new Map([[name, resources]])));
        if (said !== "") refused.push(`${name}: ${said}`);
      }
      assert.fail(refused.length > 0 ? refused.join("\n") : together);
    });
  }

  it("a real Envoy refuses a check that cannot work, so acceptance means something", async () => {
    const broken = { clusters: { name: "broken", healthChecks: [{ timeout: "1s", interval: "1s", unhealthyThreshold: 1, healthyThreshold: 1 }] } };
    const said = await validate(asServed(new Map([["broken", { "type.googleapis.com/envoy.config.cluster.v3.Cluster": broken }]])));
    assert.match(said, /health_checker/i);
  });

  /** What Envoy says about a bootstrap that it refuses or warns of; nothing: it is content. */
  async function validate(bootstrap: JsonObject): Promise<string> {
    const file = path.join(folder ?? "", "bootstrap.json");
    await writeFile(file, JSON.stringify(bootstrap));
    return await new Promise((resolve) => {
      const child = execFile(envoy, ["--mode", "validate", "-c", file, "-l", "warning"], { timeout: 60_000 }, (error, stdout, stderr) => {
        const said = stderr.trim();
        resolve(error === null && stdout.includes("OK") ? said : said || (error?.message ?? `says only: ${stdout}`));
      });
      endWithUs(child);
    });
  }
});
