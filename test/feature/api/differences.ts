/** Where we answer otherwise than the recorded control plane (Kuma's main branch, before 3.0), and why. */
export interface Difference {
  readonly why: string;
  /** Our body, made from the recorded one. */
  readonly ours: (recorded: any) => unknown;
}

export const differences: Readonly<Record<string, Difference>> = {};
