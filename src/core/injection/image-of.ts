/** Where images are that are given as names. */
export interface ImagePlace {
  /** Registry and folder; empty: none. */
  readonly hub?: string;
  readonly tag?: string | number;
}

/**
 * An image as Istio puts it together: one with a slash is whole, to any other registry and tag are added. Without one, the registry and
 * the tag are for the name of `base`; undefined when nothing is said.
 */
export function imageOf(image: string | undefined, { hub = "", tag = "" }: ImagePlace, base: string | undefined): string | undefined {
  const own = image ?? "";
  if (own.includes("/")) return own;
  const name = own === "" && hub !== "" && base !== undefined ? baseName(base) : own;
  if (name === "") return undefined;
  const tagged = tag === "" ? name : `${name.replace(/:.*$/, "")}:${tag}`;
  return hub === "" ? tagged : `${hub}/${tagged}`;
}

function baseName(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1);
}
