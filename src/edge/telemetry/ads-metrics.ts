import { Gauge, type Registry } from "prom-client";
import { createCounterFamily } from "./counter-family.ts";
import { RecentSummary } from "./recent-summary.ts";

/** What the ADS server counts. Names and labels are Kuma's where Kuma has the metric. */
export interface AdsCounts {
  streamOpened(variant: string): void;
  streamClosed(variant: string): void;
  requestReceived(variant: string, typeUrl: string, confirmation: string): void;
  responseSent(variant: string, typeUrl: string, bytes: number): void;
  /** Seconds from when something newer was there until the transport took the last byte of it. */
  pushDelivered(variant: string, seconds: number): void;
}

export function createAdsCounts(registry: Registry): AdsCounts {
  const counter = (name: string, help: string, labels: readonly string[]) => createCounterFamily(registry, name, help, labels);
  const active = new Gauge({ name: "xds_streams_active", help: "Open ADS streams", registers: [registry] });
  const opened = counter("probeplane_xds_streams_opened_total", "ADS streams that were opened", ["variant"]);
  const requests = counter("xds_requests_received", "Requests of ADS clients: ACK, NACK, initial or subscription", ["confirmation", "type_url"]);
  const responses = counter("xds_responses_sent", "Responses to ADS clients", ["type_url"]);
  const bytes = counter("probeplane_xds_sent_bytes_total", "Bytes of responses to ADS clients", ["variant", "type_url"]);
  const delivery = new RecentSummary(registry, "xds_delivery", "Milliseconds from a newer snapshot until the transport took the last byte of it");
  return {
    streamOpened: (variant) => {
      active.inc();
      opened.add([variant]);
    },
    streamClosed: () => {
      active.dec();
    },
    requestReceived: (_variant, typeUrl, confirmation) => {
      requests.add([confirmations[confirmation] ?? confirmation, typeUrl]);
    },
    responseSent: (variant, typeUrl, size) => {
      responses.add([typeUrl]);
      bytes.add([variant, typeUrl], size);
    },
    pushDelivered: (_variant, seconds) => {
      delivery.record(seconds * 1000);
    },
  };
}

/** As dashboards for Kuma spell them. */
const confirmations: Readonly<Record<string, string>> = { ack: "ACK", nack: "NACK" };
