import { asyncScheduler, Observable } from "rxjs";
import type { OperatorFunction, SchedulerLike, Subscription } from "rxjs";

export interface SettleOptions {
  /** Milliseconds without a further value after which what came is passed on. */
  readonly quietMs: number;
  /** Milliseconds after which what came is passed on although values keep coming. */
  readonly maxDelayMs: number;
  /** For tests. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Gathers values that come shortly after one another into one list. A value that comes alone is passed on at once; what follows within
 * the quiet time waits until it is quiet, but never longer than the maximum delay. Nothing is lost at the end.
 */
export function settle<T>({ quietMs, maxDelayMs, scheduler = asyncScheduler }: SettleOptions): OperatorFunction<T, readonly T[]> {
  return (values) =>
    new Observable((subscriber) => {
      let waiting: T[] = [];
      let waitingSinceMs = 0;
      let lastValueMs = Number.NEGATIVE_INFINITY;
      let timer: Subscription | undefined;

      function flush(): void {
        timer = undefined;
        if (waiting.length > 0) {
          const list = waiting;
          waiting = [];
          subscriber.next(list);
        }
      }

      /** One timer however many values come: when it fires too early it is set again. */
      function check(): void {
        const now = scheduler.now();
        const due = Math.min(lastValueMs + quietMs, waitingSinceMs + maxDelayMs);
        if (now >= due) {
          flush();
        } else {
          timer = scheduler.schedule(check, due - now);
        }
      }

      const subscription = values.subscribe({
        next(value) {
          const now = scheduler.now();
          const alone = waiting.length === 0 && now - lastValueMs >= quietMs;
          lastValueMs = now;
          if (alone) {
            subscriber.next([value]);
            return;
          }
          if (waiting.length === 0) {
            waitingSinceMs = now;
          }
          waiting.push(value);
          timer ??= scheduler.schedule(check, Math.min(quietMs, maxDelayMs));
        },
        error(error: unknown) {
          timer?.unsubscribe();
          flush();
          subscriber.error(error);
        },
        complete() {
          timer?.unsubscribe();
          flush();
          subscriber.complete();
        },
      });
      return () => {
        timer?.unsubscribe();
        subscription.unsubscribe();
      };
    });
}
