/**
 * One thing that a user got wrong. A document with a violation is refused; the last good version stays.
 */
export interface Violation {
  /** Field path from the document's root: `spec.to[0].default.interval`; empty when the document as a whole is meant. */
  readonly path: string;
  /** What is wrong, in the words that users of this field know (Kuma's validator, 2.6 and later). */
  readonly message: string;
}
