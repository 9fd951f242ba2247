import { asArray, asObject, asString, ownField } from "../../core/base/json.ts";
import { didYouMean } from "../../core/base/nearest-name.ts";
import { parseAddress } from "./connection.ts";

/** A control plane that commands can talk to, under a name. */
export interface Context {
  readonly name: string;
  readonly address: string;
  readonly caCertFile?: string;
  /** Of `token` and `tokenFile`, at most one is there. */
  readonly token?: string;
  readonly tokenFile?: string;
}

/** What is kept between commands. */
export interface Contexts {
  readonly contexts: readonly Context[];
  /** Name of the one that is used when none is named; undefined: none is. */
  readonly current?: string;
}

export const noContexts: Contexts = { contexts: [] };

export type ContextsResult = { readonly ok: true; readonly contexts: Contexts } | { readonly ok: false; readonly problem: string };

/** With one more, which becomes the current one (as with kumactl); one of that name is replaced only with `overwrite`. */
export function addContext({ contexts }: Contexts, added: Context, overwrite: boolean): ContextsResult {
  const exists = contexts.some(({ name }) => name === added.name);
  if (exists && !overwrite) return problem(`there is a Control Plane "${added.name}" already; give --overwrite to replace it`);
  const others = exists ? contexts.map((each) => (each.name === added.name ? added : each)) : [...contexts, added];
  return { ok: true, contexts: { contexts: others, current: added.name } };
}

/** Without one; when it was the current one, none is. */
export function removeContext(all: Contexts, name: string): ContextsResult {
  if (!has(all, name)) return unknownContext(all, name);
  const contexts = all.contexts.filter((each) => each.name !== name);
  return { ok: true, contexts: all.current === name || all.current === undefined ? { contexts } : { contexts, current: all.current } };
}

export function switchContext(all: Contexts, name: string): ContextsResult {
  return has(all, name) ? { ok: true, contexts: { ...all, current: name } } : unknownContext(all, name);
}

export function findContext({ contexts }: Contexts, name: string): Context | undefined {
  return contexts.find((each) => each.name === name);
}

/** What to say of a name that no context has. */
export function unknownContext({ contexts }: Contexts, name: string): { readonly ok: false; readonly problem: string } {
  const names = contexts.map((each) => each.name);
  const known = names.length === 0 ? "none was added yet" : `there are ${names.join(", ")}`;
  return problem(`there is no Control Plane "${name}"; ${known}${didYouMean(name, names)}`);
}

/** Reads what `contextsDocument` wrote; says what is wrong with anything else. */
export function parseContexts(document: unknown): ContextsResult {
  if (document === null || document === undefined) return { ok: true, contexts: noContexts };
  const list = asArray(ownField(asObject(document), "controlPlanes") ?? []);
  if (asObject(document) === undefined || list === undefined) return problem("it needs a list `controlPlanes`");
  const contexts: Context[] = [];
  for (const [at, item] of list.entries()) {
    const context = parseContext(item);
    if (typeof context === "string") return problem(`controlPlanes[${at}]: ${context}`);
    if (contexts.some(({ name }) => name === context.name)) return problem(`controlPlanes[${at}]: the name "${context.name}" is taken by another`);
    contexts.push(context);
  }
  const current = asString(ownField(asObject(document), "current"));
  return { ok: true, contexts: current === undefined ? { contexts } : { contexts, current } };
}

export function contextsDocument({ contexts, current }: Contexts): object {
  return { ...(current === undefined ? {} : { current }), controlPlanes: contexts };
}

/** The same without secrets, to show. */
export function withoutTokens({ contexts, ...rest }: Contexts): Contexts {
  return { ...rest, contexts: contexts.map((context) => (context.token === undefined ? context : { ...context, token: "***" })) };
}

function parseContext(item: unknown): Context | string {
  const fields = asObject(item);
  const text = (field: string): string | undefined => asString(ownField(fields, field));
  const [name, address] = [text("name"), text("address")];
  if (name === undefined || address === undefined) return "it needs a name and an address";
  const parsed = parseAddress(address);
  if ("error" in parsed) return parsed.error;
  const optional = (["caCertFile", "token", "tokenFile"] as const).flatMap((field) => {
    const value = text(field);
    return value === undefined ? [] : [[field, value] as const];
  });
  return { name, address: parsed.address, ...Object.fromEntries(optional) };
}

function has({ contexts }: Contexts, name: string): boolean {
  return contexts.some((each) => each.name === name);
}

function problem(text: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: text };
}
