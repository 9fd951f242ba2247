#!/usr/bin/env node
// Runs the compiled command. In a checkout it first makes sure that dist is there and is made of the present sources; whatever
// that prints goes to standard error, because standard output belongs to the command.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const setup = fileURLToPath(new URL("../scripts/setup.mjs", import.meta.url));
const status = existsSync(setup) ? spawnSync(process.execPath, [setup], { stdio: ["ignore", 2, 2] }).status : 0;
if (status === 0) await import("../dist/main/probeplane.js");
else process.exitCode = status ?? 70;
