import { openPostgresStore } from "../../src/edge/source/postgres/postgres-store.ts";
import { sharedPostgres, type DatabaseServer } from "../kit/postgres.ts";
import { record } from "./recorder.ts";
import { storeContract } from "./store-contract.ts";

describe("on PostgreSQL", () => {
  let server: DatabaseServer;
  before(async function () {
    server = await sharedPostgres(this);
  });

  storeContract("postgres", async (now) => {
    const store = openPostgresStore({ url: await server.createDatabase(), now });
    await record(store.events).until((told) => told.length > 0);
    return { store, dispose: () => store.close() };
  });
});
