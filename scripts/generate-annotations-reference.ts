import { writeFile } from "node:fs/promises";
import { formatAnnotationsReference } from "../src/core/kubernetes/describe-annotations.ts";

// The page that src/core/kubernetes/describe-annotations.test.ts holds equal to the table.
await writeFile(new URL("../docs/reference/annotations.md", import.meta.url), formatAnnotationsReference());
