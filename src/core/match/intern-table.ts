/** Makes things that are equal one and the same object. */
export interface InternTable<T extends object> {
  /** What stands under the key; made when nothing does, or when nobody uses it any more. Equal keys must mean equal things. */
  intern(key: string, make: () => T): T;
  /** Entries at present, those that nobody uses any more included. */
  readonly size: number;
}

/** Fewer entries than this are not worth a look. */
const smallest = 256;

/**
 * A table that holds nothing alive: an entry lasts as long as somebody else uses its value. Entries without a value are swept
 * out each time the table has doubled, so it holds at most about twice what is in use, at a constant cost per entry.
 */
export function createInternTable<T extends object>(): InternTable<T> {
  const entries = new Map<string, WeakRef<T>>();
  let sweepAt = smallest;
  function sweep(): void {
    for (const [key, reference] of entries) if (reference.deref() === undefined) entries.delete(key);
    sweepAt = Math.max(smallest, entries.size * 2);
  }
  return {
    intern(key, make) {
      const present = entries.get(key)?.deref();
      if (present !== undefined) return present;
      const made = make();
      if (entries.size >= sweepAt) sweep();
      entries.set(key, new WeakRef(made));
      return made;
    },
    get size() {
      return entries.size;
    },
  };
}

/** A small number for each object, the same for as long as the object lives: to write keys with. */
export function createIdentities(): (object: object) => number {
  const numbers = new WeakMap<object, number>();
  let last = 0;
  return (object) => {
    const known = numbers.get(object);
    if (known !== undefined) return known;
    last += 1;
    numbers.set(object, last);
    return last;
  };
}
