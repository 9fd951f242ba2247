import path from "node:path";
import { root } from "../../../scripts/lib/root.mjs";
import { ControlPlaneProcess } from "../../kit/control-plane-process.ts";
import { scratchFolder } from "../../kit/scratch-folder.ts";
import { documentedFlow, type FlowStep } from "./documented-flow.ts";
import { runTool } from "./run-tool.ts";

/** `npm run kumactl` runs the same with a kumactl. */
describe("the flow of kumactl's documentation, with probeplane as a process", () => {
  let controlPlane: ControlPlaneProcess;
  let steps: readonly FlowStep[] = [];
  before(async () => {
    controlPlane = await ControlPlaneProcess.start({ store: "memory" });
    const folder = await scratchFolder("flow");
    const program = path.join(root, "dist", "main", "probeplane.js");
    const tool = { run: (words: readonly string[]) => runTool(process.execPath, [program, ...words], folder), tokenWords: ["token", "dataplane"] };
    steps = documentedFlow(tool, folder, controlPlane.api.url);
  });
  after(() => controlPlane.close());

  const names = documentedFlow({ run: () => Promise.reject(new Error("not yet")), tokenWords: [] }, "", "").map(({ name }) => name);
  for (const [at, name] of names.entries()) it(name, () => steps[at]?.check());
});
