/** Tells how long what is newer took to reach a client. Times are monotonic milliseconds. */
export class DeliveryClock {
  #staleSinceMs: number | undefined;
  #deliveringSinceMs: number | undefined;

  /** Something newer was announced. */
  announced(): void {
    this.#staleSinceMs ??= performance.now();
  }

  /** It was pulled and is on its way; `nothingToSend`: it made no difference to this client. */
  pulled(nothingToSend: boolean): void {
    this.#deliveringSinceMs = nothingToSend ? undefined : this.#staleSinceMs;
    this.#staleSinceMs = undefined;
  }

  /** The transport took the last byte. Seconds since the announcement; undefined when nothing was announced. */
  delivered(): number | undefined {
    const sinceMs = this.#deliveringSinceMs;
    this.#deliveringSinceMs = undefined;
    return sinceMs === undefined ? undefined : (performance.now() - sinceMs) / 1000;
  }
}
