import { fileURLToPath } from "node:url";

/** The checkout's folder, with a trailing separator left out. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
