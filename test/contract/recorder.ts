import type { Observable, Subscription } from "rxjs";

/** Everything that an observable told, with a way to wait for more. */
export interface Recorder<T> {
  readonly told: readonly T[];
  readonly completed: boolean;
  /** Resolves when what was told satisfies the condition: at once, or with one of the next values. */
  until(condition: (told: readonly T[]) => boolean): Promise<void>;
  stop(): void;
}

export function record<T>(observable: Observable<T>): Recorder<T> {
  const told: T[] = [];
  let completed = false;
  let waiting: { readonly condition: (told: readonly T[]) => boolean; readonly resolve: () => void }[] = [];
  const wake = (): void => {
    const ready = waiting.filter(({ condition }) => condition(told));
    waiting = waiting.filter((each) => !ready.includes(each));
    for (const { resolve } of ready) resolve();
  };
  const subscription: Subscription = observable.subscribe({
    next: (value) => {
      told.push(value);
      wake();
    },
    complete: () => {
      completed = true;
    },
  });
  return {
    told,
    get completed() {
      return completed;
    },
    until: async (condition) => {
      await new Promise<void>((resolve) => {
        waiting.push({ condition, resolve });
        wake();
      });
    },
    stop: () => {
      subscription.unsubscribe();
    },
  };
}
