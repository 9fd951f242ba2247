import type { Evidence } from "./evidence.ts";
import type { FailureEvent, FailureGroup } from "./traffic.ts";

/** How a connection came to be closed before its answer was there. */
export type ClosedHow =
  /** It had been idle, and was closed as the next request was on its way. */
  | "idle"
  /** The host refused connections right after. */
  | "crash"
  /** With others at the same moment. */
  | "together"
  /** Alone, in the middle of a request that took long. */
  | "answering"
  /** The log says neither for how long it was idle nor anything else. */
  | "unclear";

const second = 1000;

/** Idle for less is in use: two requests one after the other. */
const idleFromMs = 300;

/** Answers that take longer than this were being worked on. */
const quickMs = 250;

/** Sorts closed connections by what was around them in time. */
export function sortClosed(group: FailureGroup, evidence: Evidence): ReadonlyMap<ClosedHow, readonly FailureEvent[]> {
  const refused = refusedTimes(group, evidence);
  const ends = [...group.events.chosen].sort((a, b) => a.endMs - b.endMs);
  const sorted = new Map<ClosedHow, FailureEvent[]>();
  for (const [at, event] of ends.entries()) {
    const how = closedHow(event, isExplained(event, evidence) ? 2 : together(ends, at), refused);
    const list = sorted.get(how);
    if (list === undefined) sorted.set(how, [event]);
    else list.push(event);
  }
  return sorted;
}

function closedHow(event: FailureEvent, company: number, refused: readonly FailureEvent[]): ClosedHow {
  const near = refused.some(({ timeMs, endpoint }) => endpoint === event.endpoint && timeMs > event.endMs - 2 * second && timeMs < event.endMs + 15 * second);
  if (near) return "crash";
  if (event.gapMs >= idleFromMs && event.durationMs < quickMs) return "idle";
  if (company >= 2) return "together";
  if (event.durationMs >= quickMs) return "answering";
  return "unclear";
}

/** A proxy changed a listener or was told to stop while the request was in flight: then it needs no company. */
function isExplained({ timeMs, endMs, durationMs }: FailureEvent, { events }: Evidence): boolean {
  return durationMs >= quickMs && events.some((told) => (told.what === "listener-changed" || told.what === "stopping") && told.timeMs >= timeMs - second && told.timeMs <= endMs);
}

/** How many others of the same host ended within a quarter of a second. */
function together(ends: readonly FailureEvent[], at: number): number {
  const event = ends[at];
  let others = 0;
  for (const step of [-1, 1]) {
    for (let next = at + step; others < 3; next += step) {
      const other = ends[next];
      if (event === undefined || other === undefined || Math.abs(other.endMs - event.endMs) > quickMs) break;
      if (other.endpoint === event.endpoint) others++;
    }
  }
  return others;
}

function refusedTimes({ traffic }: FailureGroup, { groups }: Evidence): readonly FailureEvent[] {
  return groups.filter((group) => group.traffic === traffic && isRefused(group)).flatMap(({ events }) => events.chosen);
}

/** No connection, as nobody listens. */
export function isRefused({ flag, details, reason }: FailureGroup): boolean {
  return flag === "UF" && /refused/i.test(`${details} ${reason}`);
}
