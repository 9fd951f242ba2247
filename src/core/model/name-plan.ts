export type TlsVersionPlan = "1.0" | "1.1" | "1.2" | "1.3";

/** A name in a certificate. */
export interface NamePlan {
  readonly match: "exact" | "prefix";
  readonly value: string;
}
