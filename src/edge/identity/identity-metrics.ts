/** What is counted of certificates. */
export interface IdentityMetrics {
  issued(seconds: number): void;
  failed(): void;
}

export const noIdentityMetrics: IdentityMetrics = { issued: () => undefined, failed: () => undefined };
