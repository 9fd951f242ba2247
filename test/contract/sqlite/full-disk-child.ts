import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSqliteStore } from "../../../src/edge/source/sqlite/sqlite-store.ts";
import { StoreUnavailable } from "../../../src/edge/source/store-error.ts";
import { policy } from "../sample-resources.ts";

// One of two processes, one after the other on a disk of less than a MiB: `fill` writes until it is full; `go-on` opens the store
// while it is, makes room, and goes on writing. Each prints what it saw as a line of JSON.
const [dataDir = "", phase] = process.argv.slice(2);
const filler = join(dataDir, "filler");
if (phase === "fill") writeFileSync(filler, Buffer.alloc(300_000));
const store = openSqliteStore({ dataDir });
const seen = phase === "fill" ? await fill() : await goOn();
await store.close();
process.stdout.write(`${JSON.stringify(seen)}\n`);

async function fill(): Promise<object> {
  const acknowledged: string[] = [];
  for (;;) {
    try {
      acknowledged.push((await store.put(policy(`before-${acknowledged.length}`))).resource.name);
    } catch (error) {
      return { acknowledged, failure: error instanceof StoreUnavailable ? error.reason : String(error) };
    }
  }
}

async function goOn(): Promise<object> {
  const found = (await store.list("MeshHealthCheck")).map(({ name }) => name);
  const failure = await store.put(policy("while-full")).then(
    () => "none",
    (error: unknown) => (error instanceof StoreUnavailable ? error.reason : String(error)),
  );
  rmSync(filler);
  return { found, failure, outcome: (await store.put(policy("after"))).outcome };
}
