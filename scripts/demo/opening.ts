import { readFile } from "node:fs/promises";
import { status } from "@grpc/grpc-js";
import { openAdsClient } from "../../test/kit/ads-client.ts";
import { waitUntil } from "../../test/kit/wait-until.ts";
import { webToBackend, webToBackendEverySecond, webToCache, webToPayment, paymentServiceName } from "./policies.ts";
import { askBackend, counted } from "./show.ts";
import type { Show } from "./show.ts";
import { ping } from "../../test/kit/apps/tcp-app.ts";
import { describeCheck } from "./verdict-watch.ts";

/** Six Envoys get their configuration; nothing is checked yet. */
export async function connect({ stage, screen, expectations }: Show): Promise<void> {
  screen.heading("Six Envoys connect over ADS, with TLS and a data plane token each");
  await expectations.expect("every Envoy is connected, has its clusters and serves its listeners", async () => {
    await Promise.all(stage.members.map(({ envoy }) => waitUntil(`${envoy.name} is configured`, async () => {
      const stats = await envoy.admin.stats("control_plane.connected_state|cds.update_success|total_listeners_active");
      return [...stats.values()].length === 3 && [...stats.values()].every((value) => value > 0);
    })));
    return { held: true, evidence: stage.members.map(({ envoy }) => `${envoy.name} ${envoy.admin.url("/")}`).join("  ") };
  });
  await expectations.expect("web's Envoy knows backend, cache and payment, and checks none of them", async () => {
    const clusters = await stage.web.envoy.admin.dynamicClusters();
    const wanted = ["backend", "cache", "payment"];
    return {
      held: wanted.every((name) => clusters.has(name) && describeCheck(clusters.get(name)) === "none"),
      evidence: `config_dump: ${wanted.map((name) => `${name}: health_checks ${describeCheck(clusters.get(name))}`).join(", ")}`,
    };
  });
}

/** The control plane made an authority and keys at its start; what is not let in is shown with the token that is. */
export async function keepStrangersOut({ stage, expectations }: Show): Promise<void> {
  const { controlPlane, web, cache } = stage;
  const [ca, token] = await Promise.all([controlPlane.caFile, await controlPlane.tokenFileFor(web.app.name)].map(async (file) => await readFile(file, "utf8")));
  const said = async (node: string, shown: { readonly authorization?: string }): Promise<string> => {
    const client = openAdsClient(controlPlane.xdsPort, "delta", `default.${node}`, { ca: ca ?? "", ...shown });
    client.request("cds");
    const { code, details } = await client.ended;
    return `${status[code]}: ${details}`;
  };
  await expectations.expect("who shows no token, or that of another proxy, gets nothing", async () => {
    const [none, others] = await Promise.all([said(web.app.name, {}), said(cache.app.name, { authorization: token ?? "" })]);
    const held = none === "UNAUTHENTICATED: a token is needed" && others === "UNAUTHENTICATED: the token is not for this proxy";
    return { held, evidence: `without a token ${none}; as ${cache.app.name} with the token of ${web.app.name} ${others}` };
  });
}

export async function sendTraffic(show: Show): Promise<void> {
  await show.expectations.expect("requests through web's outbound listener reach all three replicas", async () => {
    const { by, failed } = await askBackend(show, 30);
    return { held: failed.length === 0 && by.size === 3, evidence: `30 requests to 127.0.0.1:${show.stage.outbounds.backend}: ${counted(by)}; ${failed.length} failed` };
  });
}

/** The documented policy word for word, and one for each other destination. */
export async function applyPolicies(show: Show): Promise<void> {
  const { stage, screen, expectations } = show;
  screen.heading("Three policies: web-to-backend-check as documented, cache with send and receive, payment by gRPC");
  for (const policy of [webToBackend, webToCache, webToPayment]) await stage.api.put(policy);
  const { admin } = stage.web.envoy;
  await expectations.expect("web-to-backend-check is in web's Envoy as it was written", async () => {
    const [check] = await waitUntil("the check is there", () => checksOf(show, "backend"));
    const http = check?.["http_health_check"] as { readonly path?: string; readonly expected_statuses?: unknown } | undefined;
    const seen = [check?.["interval"], check?.["timeout"], check?.["unhealthy_threshold"], check?.["healthy_threshold"], http?.path, statusesOf(http?.expected_statuses)];
    return { held: JSON.stringify(seen) === JSON.stringify(["10s", "2s", 3, 1, "/health", "200, 201"]), evidence: `config_dump: ${JSON.stringify(check)}` };
  });
  await expectations.expect("every endpoint is healthy after its first check", async () => {
    const verdicts = await waitUntil("all five are checked and healthy", async () => {
      const found = (await admin.verdicts()).filter(({ cluster }) => ["backend", "cache", "payment"].includes(cluster));
      const checks = await Promise.all(["backend", "cache", "payment"].map((name) => checksOf(show, name)));
      return checks.every((check) => check !== undefined) && found.length === 5 && found.every(({ healthy }) => healthy) ? found : undefined;
    });
    return { held: true, evidence: `/clusters: ${verdicts.map(({ cluster, address }) => `${cluster} ${address}`).join(", ")}` };
  });
}

/** What the apps saw of the checks. */
export async function lookAtApps({ stage, expectations }: Show): Promise<void> {
  await expectations.expect("the backends see GET /health, with web's tags in x-kuma-tags", async () => {
    const checks = await Promise.all(stage.backends.map(({ app }) => waitUntil(`${app.name} was checked`, () => app.seen.find(({ isCheck }) => isCheck))));
    const held = checks.every(({ method, path, headers }) => method === "GET" && path === "/health" && String(headers["x-kuma-tags"]).includes("&kuma.io/service=web&"));
    return { held, evidence: checks.map(({ method, path, headers }) => `${method} ${path} x-kuma-tags: ${String(headers["x-kuma-tags"])}`)[0] ?? "" };
  });
  await expectations.expect("the cache receives the bytes of the policy's Base64 and answers", async () => {
    const bytes = await waitUntil("the cache was checked", () => stage.cache.app.seen[0]);
    return { held: bytes.toString() === ping, evidence: `received ${JSON.stringify(bytes.toString())}, hex ${bytes.toString("hex")}` };
  });
  await expectations.expect("payment is asked by gRPC for the service that the policy names", async () => {
    const check = await waitUntil("payment was checked", () => stage.payment.app.seen[0]);
    return { held: check.service === paymentServiceName, evidence: `grpc.health.v1.Health/Check, service ${JSON.stringify(check.service)}` };
  });
  await expectations.expect("only the caller checks: the Envoys of backend, cache and payment have no check", async () => {
    const others = [...stage.backends, stage.cache, stage.payment];
    const checks = await Promise.all(others.map(async ({ envoy }) => [...(await envoy.admin.dynamicClusters()).values()].map(describeCheck)));
    return { held: checks.flat().every((check) => check === "none"), evidence: others.map(({ envoy }, index) => `${envoy.name}: ${(checks[index] ?? []).length} clusters, none checked`).join(", ") };
  });
}

/** From every ten seconds to every second. */
export async function editTiming(show: Show): Promise<void> {
  const { stage, screen, expectations } = show;
  screen.heading("The policy is edited: interval and noTrafficInterval 1s");
  await expectations.expect("web's Envoy checks backend every second", async () => {
    const start = performance.now();
    await stage.api.put(webToBackendEverySecond);
    const check = await waitUntil("the new interval is there", async () => (await checksOf(show, "backend"))?.find(({ interval }) => interval === "1s"));
    const tookMs = Math.round(performance.now() - start);
    return { held: check["no_traffic_interval"] === "1s", evidence: `config_dump: interval ${String(check["interval"])}, no_traffic_interval ${String(check["no_traffic_interval"])}; seen ${tookMs} ms after the write began` };
  });
}

/** The active checks of a cluster of web's Envoy; undefined where it has none. */
export async function checksOf({ stage }: Show, cluster: string): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const found = await stage.web.envoy.admin.dynamicCluster(cluster);
  return found?.["health_checks"] as readonly Readonly<Record<string, unknown>>[] | undefined;
}

function statusesOf(ranges: unknown): string {
  return ((ranges ?? []) as readonly { readonly start?: string }[]).map(({ start }) => String(start)).join(", ");
}
