import { defaultAddress, isPlainOffMachine, parseAddress } from "./connection.ts";
import { findContext, unknownContext, type Context, type Contexts } from "./contexts.ts";

/** What flags and environment say about where the API is. */
export interface GivenConnection {
  readonly context?: string | undefined;
  readonly address?: string | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly caCertFile?: string | undefined;
  /** A token may cross the network in plain text. */
  readonly insecurePlaintextToken?: boolean | undefined;
}

/** Where to connect, and which files have to be read for that. */
export interface ChosenConnection {
  readonly address: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caCertFile?: string;
}

export type ChoiceResult = { readonly ok: true; readonly chosen: ChosenConnection } | { readonly ok: false; readonly problem: string };

/**
 * Flags win over the environment, both over the context, and without any of them it is the control plane of this machine. What a
 * context keeps secret goes to the context's own address only: with another address its token and CA are left out.
 */
export function chooseConnection(flags: GivenConnection, env: GivenConnection, contexts: Contexts): ChoiceResult {
  const where = addressOrContext(flags, env, contexts);
  if ("problem" in where) return { ok: false, problem: where.problem };
  const parsed = parseAddress(where.address);
  if ("error" in parsed) return { ok: false, problem: parsed.error };
  const places: readonly GivenConnection[] = [flags, env, where.context];
  const secret = places.find(({ token, tokenFile }) => token !== undefined || tokenFile !== undefined);
  const caCertFile = places.find((place) => place.caCertFile !== undefined)?.caCertFile;
  const isSaid = places.some(({ insecurePlaintextToken }) => insecurePlaintextToken === true);
  if (secret !== undefined && !isSaid && isPlainOffMachine(parsed.address)) return { ok: false, problem: plainToken(parsed.address) };
  return { ok: true, chosen: { address: parsed.address, ...secretOf(secret), ...(caCertFile === undefined ? {} : { caCertFile }) } };
}

/** An address that is said wins over a context that is said in the same place; then nothing of any context is used. */
function addressOrContext(flags: GivenConnection, env: GivenConnection, contexts: Contexts): { address: string; context: GivenConnection } | { problem: string } {
  if (flags.address !== undefined) return { address: flags.address, context: {} };
  const said = flags.context ?? (env.address === undefined ? env.context : undefined);
  if (said === undefined && env.address !== undefined) return { address: env.address, context: {} };
  const name = said ?? contexts.current;
  if (name === undefined) return { address: defaultAddress, context: {} };
  const context = findContext(contexts, name);
  return context === undefined ? unknownContext(contexts, name) : { address: context.address, context: ofContext(context) };
}

function ofContext({ token, tokenFile, caCertFile }: Context): GivenConnection {
  return { token, tokenFile, caCertFile };
}

function secretOf(secret: GivenConnection | undefined): { token?: string; tokenFile?: string } {
  if (secret?.tokenFile !== undefined) return { tokenFile: secret.tokenFile };
  return secret?.token === undefined ? {} : { token: secret.token };
}

function plainToken(address: string): string {
  return `${address} has no TLS, and the token could be read on the way; use https://, or say --insecure-plaintext-token`;
}
