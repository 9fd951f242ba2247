/**
 * Why a token is of no use: all that whoever showed it is told. Which of a token's parts is wrong, which keys there are, whether a
 * mesh or a proxy exists: none of that is in it. `expired`, `revoked` and those from `not for a pod` on are told only of tokens whose
 * signature is good; `not for this audience` repeats what the token itself says. `not checkable`: nothing is known of it, since who
 * could tell does not answer; the same token may be good later.
 */
export type TokenRefusal =
  | "missing"
  | "not valid"
  | "expired"
  | "revoked"
  | "not for this audience"
  | "not for a pod"
  | "not for this mesh"
  | "not for this proxy"
  | "not checkable";

/** A sentence. */
export function refusalText(refusal: TokenRefusal): string {
  switch (refusal) {
    case "missing":
      return "a token is needed";
    case "not checkable":
      return "the token cannot be checked at present: the Kubernetes API server could not be asked";
    default:
      return `the token is ${refusal}`;
  }
}
