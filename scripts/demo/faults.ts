import { backendTiming, cacheTiming, paymentTiming } from "./policies.ts";
import { askBackend, counted, expectToLeave, expectToReturn } from "./show.ts";
import type { Fault, Show } from "./show.ts";

/** One backend answers 503, one hangs, one has its port closed: one after the other, so that two of three stay. */
export async function breakBackends(show: Show): Promise<void> {
  const [first, second, third] = show.stage.backends;
  const common = { cluster: "backend", timing: backendTiming };
  const faults: readonly Fault[] = [
    {
      ...common, member: first, failing: "answer", does: "answers 503",
      inject: () => { first.app.behaviour = 503; },
      repair: () => { first.app.behaviour = 200; },
    },
    {
      ...common, member: second, failing: "silence", does: "hangs",
      inject: () => { second.app.behaviour = "hang"; },
      repair: () => { second.app.behaviour = 200; },
    },
    {
      ...common, member: third, failing: "answer", does: "has its port closed (its sidecar answers 503)",
      inject: () => third.app.closePort(),
      repair: () => third.app.openPort(),
    },
  ];
  for (const fault of show.isShort ? faults.slice(0, 1) : faults) {
    show.screen.heading(`${fault.member.app.name} ${fault.does}`);
    await expectToLeave(show, fault);
    await expectTrafficElsewhere(show, fault.member.app.name);
    show.screen.showTable();
    await expectToReturn(show, fault);
  }
}

async function expectTrafficElsewhere(show: Show, gone: string): Promise<void> {
  await show.expectations.expect(`with the verdict in, no request through web's outbound listener fails, and none reaches ${gone}`, async () => {
    const { by, failed } = await askBackend(show, 60);
    return { held: failed.length === 0 && !by.has(gone), evidence: `60 requests: ${counted(by)}; ${failed.length} failed` };
  });
}

/** The other two kinds of check. */
export async function breakOthers(show: Show): Promise<void> {
  const { cache, payment } = show.stage;
  const faults: readonly Fault[] = [
    {
      member: cache, cluster: "cache", timing: cacheTiming, failing: "silence", does: "answers its ping with an error",
      inject: () => { cache.app.behaviour = "wrong"; },
      repair: () => { cache.app.behaviour = "pong"; },
    },
    {
      member: payment, cluster: "payment", timing: paymentTiming, failing: "answer", does: "says NOT_SERVING",
      inject: () => { payment.app.behaviour = "NOT_SERVING"; },
      repair: () => { payment.app.behaviour = "SERVING"; },
    },
  ];
  show.screen.heading("The cache answers, but not with a pong; payment says that it does not serve");
  for (const fault of faults) {
    await expectToLeave(show, fault);
    await expectToReturn(show, fault);
  }
}
