import { openSqliteStore } from "../../../src/edge/source/sqlite/sqlite-store.ts";
import { policy } from "../sample-resources.ts";

// A process that writes without end, several writes at a time, and prints the name of each policy once its write is acknowledged.
const [dataDir = "", prefix = ""] = process.argv.slice(2);
const store = openSqliteStore({ dataDir });
process.stdout.write("open\n");
for (let group = 0; ; group++) {
  const names = [0, 1, 2].map((i) => `${prefix}-${group}-${i}`);
  await Promise.all(names.map(async (name) => {
    await store.put(policy(name));
    process.stdout.write(`${name}\n`);
  }));
}
