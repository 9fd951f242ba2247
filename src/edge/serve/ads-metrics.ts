/** How a request relates to what was sent before. */
export type Confirmation = "initial" | "ack" | "nack" | "subscription";

/** Which variant of the protocol a stream speaks. */
export type Variant = "sotw" | "delta";

/** What the ADS server counts. Types that we do not serve are all called `unknown`, so that a client cannot make up names. */
export interface AdsMetrics {
  streamOpened(variant: Variant): void;
  streamClosed(variant: Variant): void;
  requestReceived(variant: Variant, typeUrl: string, confirmation: Confirmation): void;
  responseSent(variant: Variant, typeUrl: string, bytes: number): void;
  /** Seconds from the nudge that something is newer until the transport took the last byte of it. */
  pushDelivered(variant: Variant, seconds: number): void;
}

/** Counts nothing. */
export const noAdsMetrics: AdsMetrics = {
  streamOpened: () => undefined,
  streamClosed: () => undefined,
  requestReceived: () => undefined,
  responseSent: () => undefined,
  pushDelivered: () => undefined,
};
