import type { Question } from "./forwarded-headers.ts";

/** What an app answered. */
export interface Reply {
  readonly status: number;
  readonly location?: string;
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * What to ask after an answer, as the kubelet does it: undefined where the answer is the last one, because it does not lead on, or
 * leads to another host.
 *
 * @param host what was dialled, without brackets.
 * @throws when the location is none that can be asked.
 */
export function followRedirect({ status, location }: Reply, question: Question, host: string): Question | undefined {
  if (!redirects.has(status) || location === undefined || location === "") return undefined;
  const dialled = `${question.scheme}://${urlHost(host)}:${question.port}`;
  const to = parseUrl(location, `${dialled}${question.target}`);
  if (to.hostname !== new URL(dialled).hostname) return undefined;
  const scheme = to.protocol.slice(0, -1);
  if (scheme !== "http" && scheme !== "https") throw new Error(`redirected to ${shortened(location)}`);
  const port = to.port === "" ? usualPort(scheme) : Number(to.port);
  // A location without a host stays with the name by which the app was asked.
  const isRelative = !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(location);
  return { scheme, port, target: `${to.pathname}${to.search}`, host: isRelative ? question.host : to.host, headers: question.headers };
}

/** An address as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function usualPort(scheme: "http" | "https"): number {
  return scheme === "http" ? 80 : 443;
}

function parseUrl(location: string, base: string): URL {
  if (!URL.canParse(location, base)) throw new Error(`redirected to ${shortened(location)}, which is no URL`);
  return new URL(location, base);
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
