import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { policy } from "../remedies.ts";
import { about } from "../report-group.ts";
import type { FailureGroup } from "../traffic.ts";
import { whoseIs } from "../whose.ts";

/** A caller without TLS whose every connection is closed: what a peer with STRICT mutual TLS does with plain text. */
export function refusedPlainText(group: FailureGroup, evidence: Evidence): Finding | undefined {
  const { traffic, events } = group;
  const isEvery = traffic.direction === "outbound" && traffic.ok === 0 && group.count >= 3;
  if (!isEvery || events.chosen.some(({ gapMs, durationMs }) => gapMs > 0 || durationMs > 1000)) return undefined;
  const isStrict = evidence.mesh.mtls === "strict";
  const whose = whoseIs(group, evidence);
  return {
    ...about(group), cause: "plain-text-refused", sure: isStrict ? "likely" : "possible",
    title: "every connection was closed at its first request: the caller speaks plain text, as it seems, where mutual TLS is asked for",
    evidence: [`none of ${traffic.total} requests was answered, none on a connection that had been used before`, ...(isStrict ? ["the mesh's mutual TLS is STRICT"] : [])],
    remedies: [
      { title: "give the caller a proxy of the mesh, or see why its proxy has no certificate (`probeplane inspect proxy`)" },
      {
        title: "or take plain text as well, for as long as there are such callers",
        documents: [policy("MeshTLS", `${whose.name}-permissive`, evidence, { targetRef: whose.fact === undefined ? { kind: "Mesh" } : { kind: "Dataplane", name: whose.fact.dataplane }, rules: [{ default: { mode: "Permissive" } }] })],
      },
    ],
    turnOn: ["the peer's access log: it says why it closes connections in the handshake (probeplane's form: handshake_failure)"],
  };
}
