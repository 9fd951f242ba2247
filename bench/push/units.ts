import type { WorldSize } from "./world.ts";

export function sizeText({ proxies, services }: WorldSize): string {
  return `${proxies} × ${services}`;
}

/** Bytes as MiB. */
export function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(2);
}
