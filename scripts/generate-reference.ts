import { mkdir, writeFile } from "node:fs/promises";
import { formatPolicyReference, formatResourceReference } from "../src/core/policy/describe-kinds.ts";

// The pages that src/core/policy/describe-kinds.test.ts holds equal to the schemas.
const folder = new URL("../docs/reference/", import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL("policies.md", folder), formatPolicyReference());
await writeFile(new URL("resources.md", folder), formatResourceReference());
