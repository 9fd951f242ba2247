/** Runs `work` while no other process of this checkout runs work under the same name. */
export function withLock<T>(name: string, work: () => Promise<T>): Promise<T>;
