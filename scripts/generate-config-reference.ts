import { mkdir, writeFile } from "node:fs/promises";
import { formatConfigReference } from "../src/edge/config/describe-options.ts";

// The page that src/edge/config/describe-options.test.ts holds equal to the table.
const page = new URL("../docs/reference/config.md", import.meta.url);
await mkdir(new URL(".", page), { recursive: true });
await writeFile(page, formatConfigReference());
