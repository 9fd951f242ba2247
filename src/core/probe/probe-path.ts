/** The last word of an agent's path: which probe or hook of a container is meant. */
export type HandlerWord = "readyz" | "livez" | "startupz" | "prestopz" | "poststartz";

const folderOf = {
  readyz: "app-health",
  livez: "app-health",
  startupz: "app-health",
  prestopz: "app-lifecycle",
  poststartz: "app-lifecycle",
} as const satisfies Record<HandlerWord, string>;

/** What every path of a probe or hook begins with; what else the agent is asked for is no probe. */
export const probePathPrefixes = ["/app-health/", "/app-lifecycle/"] as const;

/**
 * The path on which the agent answers for a probe or hook of a container, as Istio's agent names it: `/app-health/web/readyz`,
 * `/app-lifecycle/web/prestopz`. It is the key in the variable; the name stands in it as it is.
 */
export function probePath(container: string, handler: HandlerWord): string {
  return `/${folderOf[handler]}/${container}/${handler}`;
}

/** What a path says; undefined when it is not one that `probePath` gives. */
export function readProbePath(path: string): { readonly container: string; readonly handler: HandlerWord } | undefined {
  const [, folder, container = "", word = ""] = /^\/(app-health|app-lifecycle)\/([^/]+)\/([a-z]+)$/.exec(path) ?? [];
  if (!isHandlerWord(word) || folderOf[word] !== folder) return undefined;
  return { container, handler: word };
}

function isHandlerWord(word: string): word is HandlerWord {
  return Object.hasOwn(folderOf, word);
}

/** The path as a request asks for it: what a URL gives a meaning of its own (`?`, `%`, a space …) is escaped. A plain name stays as it is. */
export function requestPath(path: string): string {
  return path.split("/").map((segment) => encodeURIComponent(segment.replace(/\p{Surrogate}/gu, "\uFFFD"))).join("/");
}

/**
 * The key that a request asks for: its target (`/app-health/web/readyz?x=y`) without the query, escapes undone. What cannot be
 * undone stays as it is. The other side of `requestPath`.
 */
export function keyOfRequest(target: string): string {
  const [path = ""] = target.split("?", 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
