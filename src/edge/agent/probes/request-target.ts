/** What may stand in a request as it is: what URLs are made of, and escapes. */
const notPlain = /[^A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+/gu;
const brokenEscape = /%(?![0-9A-Fa-f]{2})/;

/**
 * The path of a probe as it stands in a request, as the kubelet writes it: with a slash in front, with its query, without a fragment;
 * what cannot stand there is escaped. A path with a broken escape has no query: then all of it is a path.
 */
export function requestTarget(path: string): string {
  const whole = path.startsWith("/") ? path : `/${path}`;
  if (brokenEscape.test(whole)) return whole.split("/").map(encodeURIComponent).join("/");
  const [withoutFragment = "/"] = whole.split("#", 1);
  return withoutFragment.replace(notPlain, (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\uFFFD")));
}
