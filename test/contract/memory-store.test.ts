import { createMemoryStore } from "../../src/edge/source/memory/memory-store.ts";
import { storeContract } from "./store-contract.ts";

storeContract("memory", (now) => {
  const store = createMemoryStore({ now });
  return Promise.resolve({ store, dispose: () => store.close() });
});
