// `KUMACTL=/path/to/kumactl npm run kumactl`: the flow of kumactl's documentation with a real kumactl against a real control plane. No
// part of `npm test`: no package registry has kumactl.
import { ensureBuilt, ensureInstalled, runScript, SetupError } from "./setup.mjs";

await runScript(async () => {
  const kumactl = process.env.KUMACTL;
  if (kumactl === undefined || kumactl === "") throw new SetupError("KUMACTL is not set; say KUMACTL=/path/to/kumactl npm run kumactl");
  await ensureInstalled();
  await ensureBuilt();
  const { register } = await import("tsx/esm/api");
  register();
  const { runKumactlFlow } = await import("./kumactl/run-flow.ts");
  process.exitCode = await runKumactlFlow(kumactl);
});
