import type { JsonObject } from "../../../src/core/base/json.ts";

/** One curve or number: what Prometheus is asked, and what stands beside the answer. */
interface Curve {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly about: string;
  readonly unit: "short" | "ms" | "s" | "bytes" | "reqps" | "percentunit" | "Bps";
  readonly curves: readonly Curve[];
  /** One number, red from 1 on where `bad`; absent: curves over time. */
  readonly as?: "number" | "bad";
}

/** Limits everything to the release that is chosen on top of the dashboard. */
const ours = 'namespace="$namespace",job="probeplane"';

function one(metric: string, by: "sum" | "max" | "min", rest = ""): Curve {
  return { expr: `${by}(${metric}{${ours}${rest}})`, legend: "" };
}

function each(metric: string, legend: string): Curve {
  return { expr: `${metric}{${ours}}`, legend };
}

function rate(metric: string, by: string): Curve {
  return { expr: `sum by (${by}) (rate(${metric}{${ours}}[$__rate_interval]))`, legend: `{{${by}}}` };
}

const rows: Readonly<Record<string, readonly Panel[]>> = {
  "Is everything all right?": [
    { title: "Ready control planes", about: "Those that have loaded everything and serve proxies.", unit: "short", as: "number", curves: [one("probeplane_ready", "sum")] },
    { title: "Connected proxies", about: "Proxies with a stream to one of the control planes.", unit: "short", as: "number", curves: [one("probeplane_connected_proxies", "sum")] },
    {
      title: "Proxies behind", about: "Connected proxies that have not confirmed all that there is for them.", unit: "short", as: "bad",
      curves: [{ expr: `sum(probeplane_connected_proxies{${ours}}) - sum(probeplane_current_proxies{${ours}})`, legend: "" }],
    },
    { title: "Rejections", about: "Resources that a proxy refuses at present; it keeps what it had.", unit: "short", as: "bad", curves: [one("probeplane_rejections", "sum")] },
    { title: "Refused resources", about: "Not in force because of violations; what was in force before still is.", unit: "short", as: "bad", curves: [one("probeplane_problems", "max")] },
    { title: "Notices", about: "Valid, but worth a look: references to nothing, settings without effect.", unit: "short", as: "number", curves: [{ expr: `sum(max by (code) (probeplane_notices{${ours}}))`, legend: "" }] },
  ],
  "Proxies": [
    { title: "Proxies of each control plane", about: "Streams stay where they are; after a rolling update they may be uneven for a while.", unit: "short", curves: [each("probeplane_connected_proxies", "{{pod}}")] },
    { title: "Time to deliver a change (p99)", about: "From a newer snapshot until the transport took the last byte of it.", unit: "ms", curves: [{ expr: `max by (pod) (xds_delivery{${ours},quantile="0.99"})`, legend: "{{pod}}" }] },
    { title: "Answers of proxies", about: "ACK: taken. NACK: refused.", unit: "reqps", curves: [rate("xds_requests_received", "confirmation")] },
    { title: "Pushes by type", about: "Responses to proxies.", unit: "reqps", curves: [rate("xds_responses_sent", "type_url")] },
    { title: "Bytes to proxies", about: "What pushes weigh.", unit: "Bps", curves: [rate("probeplane_xds_sent_bytes_total", "type_url")] },
    { title: "Refused tokens", about: "Requests and streams that were refused for their token, or for having none.", unit: "reqps", curves: [rate("probeplane_token_refusals_total", "reason")] },
  ],
  "Mesh": [
    { title: "Resources", about: "What is in force, by kind.", unit: "short", curves: [{ expr: `max by (resource_type) (sum by (resource_type, pod) (resources_count{${ours}}))`, legend: "{{resource_type}}" }] },
    { title: "Changes", about: "New states of the mesh, and proxies that they concerned.", unit: "reqps", curves: [
      { expr: `max(rate(probeplane_world_changes_total{${ours}}[$__rate_interval]))`, legend: "states" },
      { expr: `sum(rate(probeplane_concerned_proxies_total{${ours}}[$__rate_interval]))`, legend: "concerned proxies" },
    ] },
    { title: "Time to make a configuration (p99)", about: "To plan and build what one proxy gets.", unit: "ms", curves: [{ expr: `max by (pod) (xds_generation{${ours},quantile="0.99"})`, legend: "{{pod}}" }] },
  ],
  "Kubernetes": [
    { title: "Status written", about: "Attempts of the leader to write the status of an object, by how they ended.", unit: "reqps", curves: [rate("probeplane_status_writes_total", "outcome")] },
    { title: "Status waiting", about: "Objects whose status is not written yet.", unit: "short", curves: [each("probeplane_status_waiting", "{{pod}}")] },
    { title: "Webhook", about: "Objects that the API server asked about.", unit: "reqps", curves: [rate("probeplane_admission_answers_total", "outcome")] },
    { title: "Certificates end in", about: "They are renewed by themselves 30 days before.", unit: "s", curves: [{ expr: `min by (server) (probeplane_certificate_end_timestamp_seconds{${ours}}) - time()`, legend: "{{server}}" }] },
  ],
  "Processes": [
    { title: "CPU", about: "Cores in use.", unit: "short", curves: [{ expr: `rate(process_cpu_seconds_total{${ours}}[$__rate_interval])`, legend: "{{pod}}" }] },
    { title: "Memory", about: "Resident memory.", unit: "bytes", curves: [each("process_resident_memory_bytes", "{{pod}}")] },
    { title: "Lag of the event loop (p99)", about: "How long work waits for the processor.", unit: "s", curves: [each("nodejs_eventloop_lag_p99_seconds", "{{pod}}")] },
    { title: "API requests", about: "Requests to the HTTP API.", unit: "reqps", curves: [rate("api_server_http_request_duration_seconds_count", "code")] },
  ],
};

/** Everything that the dashboard asks Prometheus. */
export function dashboardQueries(): readonly string[] {
  return Object.values(rows).flatMap((panels) => panels.flatMap(({ curves }) => curves.map(({ expr }) => expr)));
}

/** The dashboard as Grafana imports it. */
export function dashboard(): JsonObject {
  const laid: JsonObject[] = [];
  let y = 0;
  for (const [title, panels] of Object.entries(rows)) {
    laid.push({ id: laid.length + 1, type: "row", title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] });
    const isNumbers = panels.every((panel) => panel.as !== undefined);
    const [w, h, perLine] = isNumbers ? [4, 4, 6] : [8, 8, 3];
    panels.forEach((panel, index) => laid.push({ id: laid.length + 1, gridPos: { x: (index % perLine) * w, y: y + 1 + Math.floor(index / perLine) * h, w, h }, ...panelOf(panel) }));
    y += 1 + Math.ceil(panels.length / perLine) * h;
  }
  return {
    uid: "probeplane",
    title: "probeplane",
    description: "Health checking for Envoy meshes: control planes and the proxies that they serve.",
    tags: ["probeplane", "envoy"],
    schemaVersion: 39,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    templating: { list: [
      { name: "datasource", type: "datasource", query: "prometheus", label: "Prometheus" },
      { name: "namespace", type: "query", label: "Namespace", datasource, query: { query: "label_values(probeplane_ready, namespace)", refId: "namespace" }, refresh: 2, sort: 1 },
    ] },
    panels: laid,
  };
}

const datasource: JsonObject = { type: "prometheus", uid: "${datasource}" };

function panelOf({ title, about, unit, curves, as }: Panel): JsonObject {
  const steps: JsonObject[] = [{ color: "green", value: null }, ...(as === "bad" ? [{ color: "red", value: 1 }] : [])];
  return {
    type: as === undefined ? "timeseries" : "stat",
    title,
    description: about,
    datasource,
    fieldConfig: { defaults: { unit, min: 0, thresholds: { mode: "absolute", steps } }, overrides: [] },
    options: as === undefined ? { legend: { displayMode: "list", placement: "bottom", showLegend: true }, tooltip: { mode: "multi", sort: "desc" } } : { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: as === "bad" ? "background" : "value", graphMode: "area" },
    targets: curves.map(({ expr, legend }, index) => ({ refId: String.fromCharCode(65 + index), datasource, expr, legendFormat: legend })),
  };
}
