// Writes src/core/proto from proto/ with buf and protoc-gen-es: `node scripts/generate-proto.mjs [--out DIR]`. Needs no network.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib/root.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "src/core/proto") } } });
const out = resolve(values.out);
mkdirSync(out, { recursive: true });
const strangers = readdirSync(out).filter((name) => name !== "envoy" && name !== "google");
if (strangers.length > 0) throw new Error(`${out} holds more than generated code: ${strangers.join(", ")}`);
// What is no longer in proto/ must not stay behind as code.
for (const name of readdirSync(out)) rmSync(join(out, name), { recursive: true });

const buf = createRequire(import.meta.url).resolve("@bufbuild/buf/bin/buf");
const run = spawnSync(process.execPath, [buf, "generate", "--output", out], { cwd: join(root, "proto"), stdio: ["ignore", "inherit", "inherit"] });
if (run.error) throw run.error;
process.exitCode = run.status ?? 1;
