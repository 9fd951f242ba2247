import type { Subscription } from "rxjs";
import { storeOrigin, type Problem, type Source } from "../edge/source/port.ts";
import type { Logger } from "../edge/telemetry/logger.ts";
import type { SourceCounts } from "../edge/telemetry/source-metrics.ts";
import { noticeLine, violationLine } from "./describe-problems.ts";

/** Logs each problem and notice of a source when it appears, and when it is gone; counts those that stand. */
export function reportSource(source: Source, logger: Logger, counts: SourceCounts): Subscription {
  const problems = createStanding();
  const notices = createStanding();
  const subscription = source.problems.subscribe((list) => {
    counts.problemsStanding(list.length);
    const { appeared, gone } = problems.replace(list.flatMap(problemLines));
    for (const line of appeared) logger.error({}, isAboutStore(line) ? line : `refused: ${line}`);
    for (const line of gone) logger.info({}, isAboutStore(line) ? `no longer so: ${line}` : `no longer refused: ${line}`);
  });
  subscription.add(
    source.notices.subscribe((list) => {
      counts.noticesStanding(list.map(({ code }) => code));
      const { appeared } = notices.replace(list.map((notice) => noticeLine({ origin: "", notice })));
      for (const line of appeared) logger.warn({}, line);
    }),
  );
  return subscription;
}

function isAboutStore(line: string): boolean {
  return line.startsWith(`${storeOrigin}: `);
}

/** What is wrong with one document, a line for each violation. */
export function problemLines({ origin, key, violations, kept = [] }: Problem): readonly string[] {
  const stays = kept.length > 0 ? "; the last good version stays" : "";
  return violations.map((violation) => `${violationLine({ ...violation, origin, ...(key === undefined ? {} : { key }) })}${stays}`);
}

interface Standing {
  replace(lines: readonly string[]): { readonly appeared: readonly string[]; readonly gone: readonly string[] };
}

function createStanding(): Standing {
  let standing: ReadonlySet<string> = new Set();
  return {
    replace: (lines) => {
      const before = standing;
      standing = new Set(lines);
      return { appeared: [...standing].filter((line) => !before.has(line)), gone: [...before].filter((line) => !standing.has(line)) };
    },
  };
}
