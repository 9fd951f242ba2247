import { randomUUID } from "node:crypto";
import { createElection } from "./election.ts";
import { startDuty } from "./duty.ts";
import type { Duty } from "./duty.ts";
import { createOwnReport } from "./own-report.ts";
import type { KubeStatus, KubeStatusOptions } from "./port.ts";
import { createPresence } from "./presence.ts";

/**
 * Tells what becomes of objects on the objects themselves. Every replica tells the others how policies stand with its own proxies; one of
 * them, the leader, adds this up and writes it. Constructing it does no request.
 */
export function createKubeStatus(options: KubeStatusOptions): KubeStatus {
  const { client, view, namespace, replica, leaseName, leaseDurationMs: durationMs, logger, metrics } = options;
  const presence = createPresence({ client, namespace, replica, durationMs, logger });
  const own = createOwnReport({
    view,
    onReport: (report) => {
      presence.tell(report);
      duty?.look();
    },
    onError: (error) => logger.error({ err: error }, "cannot tell how policies stand with the proxies that are connected here"),
  });
  let duty: Duty | undefined;
  let ending: Promise<void> = Promise.resolve();

  function take(isLeading: boolean): void {
    metrics.leading(isLeading);
    const before = duty;
    duty = undefined;
    if (before !== undefined) ending = Promise.all([ending, before.close()]).then(() => undefined);
    if (isLeading) {
      duty = startDuty({ ...options, mayWrite: () => election.isLeading, ownReport: () => own.report });
      duty.look();
    }
  }

  const election = createElection({ client, namespace, name: leaseName, identity: `${replica.name}_${randomUUID()}`, durationMs, logger, onChange: take });
  return {
    start() {
      own.start();
      presence.start();
      election.start();
    },
    get isLeading() {
      return election.isLeading;
    },
    async close() {
      own.close();
      await election.close();
      await ending;
      await presence.close();
    },
  };
}
