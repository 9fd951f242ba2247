import { writeFileSync } from "node:fs";
import Mocha from "mocha";

const { EVENT_RUN_END, EVENT_TEST_PENDING } = Mocha.Runner.constants;
const skipReason = Symbol.for("probeplane.skipReason");

/** Mocha's spec report, then every skipped test by name with its reason; the counts go to the file that TEST_COUNTS_FILE names. */
export default class Reporter extends Mocha.reporters.Spec {
  /** @param {Mocha.Runner} runner @param {Mocha.MochaOptions} options */
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on(EVENT_TEST_PENDING, (test) => skipped.push(test));
    runner.once(EVENT_RUN_END, () => {
      for (const test of skipped) console.log(`skipped: ${test.fullTitle()} (${reasonOf(test)})`);
      const file = process.env.TEST_COUNTS_FILE;
      const { passes, failures, pending } = this.stats;
      if (file !== undefined) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}

/** @param {Mocha.Test} test */
function reasonOf(test) {
  for (let at = test; at !== undefined; at = at.parent) {
    if (at[skipReason] !== undefined) return at[skipReason];
  }
  return "no reason given";
}
