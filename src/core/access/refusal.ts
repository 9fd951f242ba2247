/**
 * Why a token is of no use: all that whoever showed it is told. Which of a token's parts is wrong, which keys there are, whether a
 * mesh or a proxy exists: none of that is in it. The last four are told only of tokens whose signature is good.
 */
export type TokenRefusal = "missing" | "not valid" | "expired" | "revoked" | "not for this mesh" | "not for this proxy";

/** A sentence. */
export function refusalText(refusal: TokenRefusal): string {
  return refusal === "missing" ? "a token is needed" : `the token is ${refusal}`;
}
