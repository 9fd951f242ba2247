import { writeFile } from "node:fs/promises";
import { formatCompatibilityPage } from "../test/feature/api/compatibility-page.ts";

// The page that test/feature/api/kumactl-exchanges.test.ts holds equal to the differences it knows.
await writeFile(new URL("../docs/reference/kumactl-compatibility.md", import.meta.url), formatCompatibilityPage());
