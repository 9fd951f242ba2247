import type { OptionValue } from "./option.ts";
import type { options } from "./options.ts";

type Options = typeof options;
type OptionName = keyof Options;
type TopName = Exclude<OptionName, `${string}.${string}`>;
type GroupName = OptionName extends infer N ? (N extends `${infer G}.${string}` ? G : never) : never;

type Group<G extends string> = {
  readonly [N in OptionName as N extends `${G}.${infer Key}` ? Key : never]: OptionValue<Options[N]>;
};

/** The effective configuration of `probeplane run`: a field for each option, durations in milliseconds, sizes in bytes. */
export type Config = { readonly [N in TopName]: OptionValue<Options[N]> } & { readonly [G in GroupName]: Group<G> };
