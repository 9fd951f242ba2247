/** From when until when a certificate is good, in milliseconds since 1970. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The server's certificate that is in use. */
export interface PresentCertificate extends Validity {
  readonly names: readonly string[];
  /** Position of the authority that signed it; undefined when it is none of them. */
  readonly signedBy: number | undefined;
}

/** An authority that clients are told to trust. */
export interface PresentAuthority extends Validity {
  /** Whether its key is there, too. */
  readonly canSign: boolean;
}

export interface CertificatePlan {
  /** Another authority is to be made. It comes last, and is trusted long before it signs anything. */
  readonly makeAuthority: boolean;
  /** Position of the authority that is to sign another server's certificate; the one after the last is the one that is made now. Absent: the present certificate stays. */
  readonly signBy?: number;
  /** Positions of the authorities that go on being trusted. */
  readonly keep: readonly number[];
}

const dayMs = 24 * 60 * 60 * 1000;

/** When what is done, in milliseconds before the end of a certificate unless said otherwise. */
export const certificatePeriods = {
  /** The server's certificate is renewed. */
  renewMs: 30 * dayMs,
  /** An authority signs no more where another can. */
  retireMs: 365 * dayMs,
  /** Its successor is made. */
  succeedMs: 730 * dayMs,
  /** How old an authority has to be before it signs, where another can: until then everybody has heard of it. */
  announceMs: 30 * dayMs,
  /** So many authorities are trusted at most. */
  maxAuthorities: 4,
} as const;

/**
 * What has to be done about an authority and the certificate that it signed for a server, which clients hold on to for long: a
 * successor is published a year before it is used, and predecessors stay trusted. So a clock that jumps to and fro ends with the
 * authority that everybody knows: it signs again as soon as the time is right again.
 */
export function planCertificates(
  authorities: readonly PresentAuthority[],
  certificate: PresentCertificate | undefined,
  { names, nowMs }: { readonly names: readonly string[]; readonly nowMs: number },
): CertificatePlan {
  const usable = [...authorities.keys()].filter((i) => isGood(authorities[i], nowMs));
  const makeAuthority = !usable.some((i) => leftOf(authorities[i], nowMs) > certificatePeriods.succeedMs);
  const signer = signerOf(authorities, usable, nowMs) ?? authorities.length;
  const keep = kept(authorities, signer, makeAuthority);
  const untilMs = authorities[signer]?.notAfterMs ?? Infinity;
  return isFine(certificate, { signer, names, nowMs, untilMs }) ? { makeAuthority, keep } : { makeAuthority, signBy: signer, keep };
}

/** The oldest that is known everywhere and has long to go; else the oldest that is good at all. */
function signerOf(authorities: readonly PresentAuthority[], usable: readonly number[], nowMs: number): number | undefined {
  const lasting = usable.filter((i) => leftOf(authorities[i], nowMs) > certificatePeriods.retireMs);
  const announced = lasting.find((i) => nowMs - (authorities[i]?.notBeforeMs ?? nowMs) >= certificatePeriods.announceMs);
  return announced ?? usable[0];
}

interface Wanted {
  readonly signer: number;
  readonly names: readonly string[];
  readonly nowMs: number;
  readonly untilMs: number;
}

function isFine(certificate: PresentCertificate | undefined, { signer, names, nowMs, untilMs }: Wanted): boolean {
  if (certificate?.signedBy !== signer || certificate.notBeforeMs > nowMs || certificate.notAfterMs <= nowMs) return false;
  if (!names.every((name) => certificate.names.includes(name))) return false;
  // A new one would end no later where the authority itself ends soon.
  return certificate.notAfterMs - nowMs > certificatePeriods.renewMs || untilMs - certificate.notAfterMs < dayMs;
}

/** The newest, and whichever signs. */
function kept(authorities: readonly PresentAuthority[], signer: number, makeAuthority: boolean): readonly number[] {
  const all = [...authorities.keys()];
  const others = certificatePeriods.maxAuthorities - 1 - (makeAuthority ? 1 : 0);
  const newest = all.filter((i) => i !== signer).slice(-others);
  return all.filter((i) => i === signer || newest.includes(i));
}

function isGood(authority: PresentAuthority | undefined, nowMs: number): boolean {
  return authority !== undefined && authority.canSign && authority.notBeforeMs <= nowMs && leftOf(authority, nowMs) > 0;
}

function leftOf(authority: PresentAuthority | undefined, nowMs: number): number {
  return (authority?.notAfterMs ?? nowMs) - nowMs;
}
