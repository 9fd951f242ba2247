import { openSqliteStore } from "../../src/edge/source/sqlite/sqlite-store.ts";
import { storeContract } from "./store-contract.ts";
import { temporaryFolder } from "./temporary-folder.ts";

storeContract("sqlite", async (now) => {
  const folder = await temporaryFolder();
  const store = openSqliteStore({ dataDir: folder.path, now });
  return {
    store,
    dispose: async () => {
      await store.close();
      await folder.remove();
    },
  };
});
