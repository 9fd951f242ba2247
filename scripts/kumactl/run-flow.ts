import { ControlPlaneProcess } from "../../test/kit/control-plane-process.ts";
import { scratchFolder } from "../../test/kit/scratch-folder.ts";
import { documentedFlow, type Tool } from "../../test/feature/cli/documented-flow.ts";
import { runTool } from "../../test/feature/cli/run-tool.ts";

/** Runs the flow, says of each step whether it held, and gives the exit status. What follows a step that failed is tried all the same. */
export async function runKumactlFlow(kumactl: string): Promise<number> {
  const controlPlane = await ControlPlaneProcess.start({ store: "memory" });
  try {
    const folder = await scratchFolder("kumactl");
    const warnings = new Set<string>();
    const run: Tool["run"] = async (words) => {
      const result = await runTool(kumactl, words, folder);
      for (const line of result.err.split("\n")) if (/warning/i.test(line)) warnings.add(line.trim());
      return result;
    };
    console.log((await run(["version"])).out.trim());
    let failed = 0;
    for (const { name, check } of documentedFlow({ run, tokenWords: ["generate", "dataplane-token"] }, folder, controlPlane.api.url)) {
      const problem = await check().then(() => undefined, (error: unknown) => (error instanceof Error ? error.message : String(error)));
      console.log(`  ${problem === undefined ? "✓" : "✗"} ${name}${problem === undefined ? "" : `\n${problem}`}`);
      if (problem !== undefined) failed += 1;
    }
    for (const warning of warnings) console.log(`it said: ${warning}`);
    console.log(failed === 0 ? "every step held" : `${failed} steps did not hold`);
    return failed === 0 ? 0 : 1;
  } finally {
    await controlPlane.close();
  }
}
