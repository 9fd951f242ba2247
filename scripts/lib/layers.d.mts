/** Layer → the layers that it may import besides itself. Only `main` may import everything, and nothing imports `main`. */
export declare const layers: Readonly<Record<string, readonly string[]>>;
/** Words that say nothing about what a thing is. */
export declare const emptyWords: readonly string[];
