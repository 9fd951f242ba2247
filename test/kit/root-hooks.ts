import { end } from "./at-end.ts";
import { killRunning } from "./children.ts";

// A signal that ends the test run ends what the tests started first.
for (const [signal, number] of [["SIGTERM", 15], ["SIGINT", 2], ["SIGHUP", 1]] as const) {
  process.once(signal, () => {
    killRunning();
    process.exit(128 + number);
  });
}

export const mochaHooks = {
  async afterAll(): Promise<void> {
    await end().finally(killRunning);
  },
};
