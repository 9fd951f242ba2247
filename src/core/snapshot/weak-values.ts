/**
 * Remembers values by key for as long as somebody else holds them: what no snapshot has any more is made anew when it is asked for.
 * Entries of values that are gone are swept when the table has doubled, so it never holds many more than live.
 */
export class WeakValues<Key, Value extends WeakKey> {
  readonly #entries = new Map<Key, WeakRef<Value>>();
  #sweepAt = 64;

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.deref();
  }

  set(key: Key, value: Value): void {
    this.#entries.set(key, new WeakRef(value));
    if (this.#entries.size >= this.#sweepAt) this.#sweep();
  }

  getOrMake(key: Key, make: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  #sweep(): void {
    for (const [key, ref] of this.#entries) {
      if (ref.deref() === undefined) this.#entries.delete(key);
    }
    this.#sweepAt = Math.max(64, this.#entries.size * 2);
  }
}
