/** What is wrong with a SPIFFE ID (SPIFFE standard, 2), in the texts of the library that Kuma uses; undefined: nothing. */
export function spiffeIdProblem(text: string): string | undefined {
  if (text === "") return "cannot be empty";
  if (!text.startsWith("spiffe://")) return "scheme is missing or invalid";
  const [trustDomain = "", ...segments] = text.slice("spiffe://".length).split("/");
  if (trustDomain === "") return "trust domain is missing";
  if (!/^[a-z0-9._-]+$/.test(trustDomain)) return "trust domain characters are limited to lowercase letters, numbers, dots, dashes, and underscores";
  for (const [i, segment] of segments.entries()) {
    if (segment === "") return i === segments.length - 1 ? "path cannot have a trailing slash" : "path cannot contain empty segments";
    if (segment === "." || segment === "..") return "path cannot contain dot segments";
    if (!/^[A-Za-z0-9._-]+$/.test(segment)) return "path segment characters are limited to letters, numbers, dots, dashes, and underscores";
  }
  return undefined;
}
