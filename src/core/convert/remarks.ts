import type { Violation } from "../base/violation.ts";

/** What somebody who converts has to know of a field. */
export interface Remark {
  /** `left`: nothing comes of it. `differs`: it came over, and means something else in part. `todo`: somebody has to do something by hand. */
  readonly level: "left" | "differs" | "todo";
  /** Path of the field in the source; empty: the whole. */
  readonly path: string;
  readonly message: string;
}

/** What is found while one source is read. */
export interface Findings {
  readonly problems: readonly Violation[];
  readonly remarks: readonly Remark[];
  /** Says that a field is wrong, so that nothing is converted at all. */
  problem(path: string, message: string): void;
  remark(level: Remark["level"], path: string, message: string): void;
}

/** Keeps what is found, each once. */
export function createFindings(): Findings {
  const [problems, remarks] = [new Map<string, Violation>(), new Map<string, Remark>()];
  return {
    get problems() {
      return [...problems.values()];
    },
    get remarks() {
      return [...remarks.values()];
    },
    problem: (path, message) => void problems.set(JSON.stringify([path, message]), { path, message }),
    remark: (level, path, message) => void remarks.set(JSON.stringify([level, path, message]), { level, path, message }),
  };
}
