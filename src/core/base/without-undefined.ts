type Certain<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };
type Possible<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** The fields that say something: to be laid over others, or written as JSON. */
export function withoutUndefined<T extends object>(fields: T): Certain<T> & Possible<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Certain<T> & Possible<T>;
}
