import path from "node:path";
import { root } from "./root.mjs";
import { run } from "./run.mjs";

const bin = (name, file) => path.join(root, "node_modules", name, "bin", file);

/** The two checks that need no test: the compiler over everything, and the linter. Each ends with status 0 when it is content. */
export const checks = [
  { name: "types: every file compiles under the strict settings", run: () => run(process.execPath, [bin("typescript", "tsc"), "-p", "."]) },
  { name: "lint: every file follows the rules of eslint.config.mjs", run: () => run(process.execPath, [bin("eslint", "eslint.js"), "."]) },
];
