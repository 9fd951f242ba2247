import type { JsonObject } from "../../base/json.ts";
import type { Evidence, ServiceFact } from "../evidence.ts";
import type { Finding, Remedy } from "../finding.ts";
import { counted } from "../in-words.ts";
import { about } from "../report-group.ts";
import type { FailureEvent, FailureGroup } from "../traffic.ts";
import { whoseIs } from "../whose.ts";

/** An app that never took a connection from its own proxy: it listens on localhost only, or on another port, or not at all. */
export function onLocalhost(group: FailureGroup, events: readonly FailureEvent[], evidence: Evidence): Finding {
  const hosts = about(group, events).where.hosts;
  const isLoopback = hosts.length > 0 && hosts.every((host) => /^(127\.0\.0\.1|\[::1\]):/.test(host));
  const { fact } = whoseIs(group, evidence);
  const refused = `${counted(events.length, "connection")} refused, and not one request of ${group.traffic.total} answered`;
  if (isLoopback) {
    return {
      ...about(group, events), cause: "app-not-listening", sure: "likely", title: "nothing listens where the proxy looks for the app",
      evidence: [refused, `the proxy calls ${hosts.join(", ")}: an app that listens on all addresses, or on localhost, would be there`],
      remedies: [{ title: "see on which address and port the app listens (`ss -ltn`), and give that to the mesh (`servicePort`, `serviceAddress`; on Kubernetes the Service's targetPort)" }],
      turnOn: [],
    };
  }
  return {
    ...about(group, events), cause: "app-on-localhost", sure: hosts.length > 0 ? "likely" : "possible",
    title: "the app does not listen on the address that its proxy calls: it listens on localhost only, as it seems",
    evidence: [refused, ...(hosts.length > 0 ? [`the proxy calls the app at ${hosts.join(", ")}, which is not localhost`] : [])],
    remedies: remedies(fact),
    turnOn: ["to be certain, `ss -ltn` beside the app: 127.0.0.1 before its port means that it listens on localhost only; if the port is missing, the app listens elsewhere, or not at all"],
  };
}

function remedies(fact: ServiceFact | undefined): readonly Remedy[] {
  const listen: Remedy = { title: "have the app listen on 0.0.0.0 (or ::) in place of 127.0.0.1" };
  const annotation: JsonObject = { "probeplane.io/app-address": "127.0.0.1" };
  if (fact === undefined) {
    return [
      listen,
      {
        title: "or let the proxy call it on localhost (outside Kubernetes: `serviceAddress: 127.0.0.1` in the inbound of its Dataplane; give the Dataplane with -f to have it written out)",
        documents: [{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "app" }, spec: { template: { metadata: { annotations: annotation } } } }],
      },
    ];
  }
  return [{ title: "let the proxy call the app on localhost", documents: [withServiceAddress(fact)] }, listen];
}

/** The Dataplane as it was given, with the app of this inbound on localhost. */
function withServiceAddress({ document, port }: ServiceFact): JsonObject {
  const networking = document["networking"] as JsonObject;
  const inbound = (networking["inbound"] as readonly JsonObject[]).map((each) => (each["port"] === port ? { ...each, serviceAddress: "127.0.0.1" } : each));
  return { ...(document as JsonObject), networking: { ...networking, inbound } };
}
