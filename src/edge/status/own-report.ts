import type { ReplicaReport } from "../../core/status/replica-report.ts";
import type { PolicyUseView } from "../pipeline/port.ts";
import { createPacer } from "./pacer.ts";
import { sampleReport } from "./sample-report.ts";

export interface OwnReportOptions {
  readonly view: PolicyUseView;
  /** A new report, whether it says something new or not. */
  readonly onReport: (report: ReplicaReport) => void;
  readonly onError: (error: unknown) => void;
}

/** What this replica knows, looked at when something happened, and for as long as somebody has to answer. */
export interface OwnReport {
  /** Undefined before the first look. */
  readonly report: ReplicaReport | undefined;
  start(): void;
  close(): void;
}

/** After something happened: many things happen together. */
const settleMs = 50;
/** Nothing tells that a proxy has confirmed something: it is looked at again, less and less often. */
const firstLookMs = 100;
const lastLookMs = 5_000;
/** Proxies that have not been given the newest are waited for, but not for ever: one may not read. */
const maxUnplannedMs = 2_000;

export function createOwnReport({ view, onReport, onError }: OwnReportOptions): OwnReport {
  let report: ReplicaReport | undefined;
  let end: (() => void) | undefined;
  let againMs = firstLookMs;
  let unplannedSinceMs: number | undefined;
  const looking = createPacer(look, { share: 0.05, onError: (error) => {
    onError(error);
    looking.in(lastLookMs);
  } });

  function look(): void {
    if (!view.ready) return;
    const reading = view.policyUse();
    if (reading.unplanned === 0) unplannedSinceMs = undefined;
    else if (performance.now() - (unplannedSinceMs ??= performance.now()) < maxUnplannedMs) {
      looking.in(firstLookMs);
      return;
    }
    report = sampleReport(view, reading);
    onReport(report);
    const isOpen = [...reading.uses.values()].some(({ needing, programmed, rejecting }) => programmed + rejecting < needing);
    if (!isOpen && reading.unplanned === 0) return;
    looking.in(againMs);
    againMs = Math.min(lastLookMs, againMs * 1.5);
  }

  return {
    get report() {
      return report;
    },
    start() {
      end = view.onActivity(() => {
        againMs = firstLookMs;
        looking.in(settleMs);
      });
      looking.in(0);
    },
    close() {
      end?.();
      looking.close();
    },
  };
}
