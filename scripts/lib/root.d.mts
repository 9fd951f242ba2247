/** The checkout's folder, with a trailing separator left out. */
export declare const root: string;
