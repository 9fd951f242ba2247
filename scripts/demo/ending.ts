import { waitUntil } from "../../test/kit/wait-until.ts";
import { checksOf } from "./opening.ts";
import { backendTiming, webToBackend, webToBackendOverTcp } from "./policies.ts";
import { askBackend, counted } from "./show.ts";
import type { Show } from "./show.ts";
import { describeCheck } from "./verdict-watch.ts";
import { verdictText } from "./verdict-table.ts";

/** The documented protocol fallback, and what a check that only connects can see behind a sidecar. */
export async function fallBackToTcp(show: Show): Promise<void> {
  const { stage, screen, expectations } = show;
  screen.heading("The policy is edited: http: {disabled: true}, tcp: {}");
  const reply = await stage.api.put(webToBackendOverTcp);
  await expectations.expect("web's Envoy switches to the TCP check", async () => {
    const check = await waitUntil("the TCP check is there", async () => (await checksOf(show, "backend"))?.find((found) => "tcp_health_check" in found));
    return { held: !("http_health_check" in check), evidence: `config_dump: ${JSON.stringify(check)}` };
  });
  await expectations.expect("the API's reply warns that this check cannot see the app", () => {
    const warnings = ((reply.body as { readonly warnings?: readonly string[] } | undefined)?.warnings ?? []).filter((text) => text.includes("sidecar"));
    return { held: warnings.length > 0, evidence: `PUT ${String(reply.status)}: ${warnings.join(" ")}` };
  });
  await closeAppBehindSidecar(show);
}

async function closeAppBehindSidecar(show: Show): Promise<void> {
  const { stage, screen, expectations, withFaults } = show;
  const [first] = stage.backends;
  const { admin } = stage.web.envoy;
  if (withFaults) await first.app.closePort();
  if (!show.isShort) await expectToStayHealthy(show);
  await expectations.expect("requests that land there are tried again on another one, and none fails", async () => {
    const retries = (): Promise<number> => admin.stat("cluster.backend.upstream_rq_retry");
    const before = await retries();
    const { by, failed } = await askBackend(show, 30);
    const tried = await retries() - before;
    return { held: failed.length === 0 && tried > 0 && !by.has(first.app.name), evidence: `30 × GET: ${counted(by)}; ${failed.length} failed, ${tried} tried again (cluster.backend.upstream_rq_retry); without any MeshRetry` };
  });
  await expectations.expect("those of which nobody knows whether they may be carried out twice fail", async () => {
    const { by, failed } = await askBackend(show, 30, "POST");
    return { held: failed.length > 0 && !by.has(first.app.name), evidence: `30 × POST: ${counted(by)}; ${failed.length} failed, with status ${[...new Set(failed)].join(", ") || "none"}` };
  });
  screen.line("         The check connects to the sidecar, and the sidecar accepts whether or not its app listens. To test the app: http, grpc, or tcp with send and receive.");
  if (withFaults) await first.app.openPort();
}

async function expectToStayHealthy({ stage, expectations }: Show): Promise<void> {
  const [first] = stage.backends;
  const { admin } = stage.web.envoy;
  await expectations.expect(`${first.app.name} has its port closed, and a connect-only check goes on calling it healthy`, async () => {
    // Every endpoint checked once more than the threshold asks for, or the verdict would prove nothing.
    const checks = (backendTiming.unhealthyThreshold + 1) * stage.backends.length;
    const before = await admin.stat("cluster.backend.health_check.attempt");
    const attempts = await waitUntil("backend was checked often enough", async () => {
      const more = await admin.stat("cluster.backend.health_check.attempt") - before;
      return more >= checks ? more : undefined;
    });
    const verdict = await admin.verdict("backend", first.endpoint);
    return { held: verdict?.healthy === true, evidence: `${verdict === undefined ? "absent" : verdictText(verdict)} after ${attempts} more checks of the three endpoints` };
  });
}

/** The policy goes, and so does the check. */
export async function deletePolicy(show: Show): Promise<void> {
  const { stage, screen, expectations } = show;
  screen.heading("The policy is deleted");
  await stage.api.delete(webToBackend);
  await expectations.expect("backend is checked no more; cache and payment still are", async () => {
    await waitUntil("the check is gone", async () => await checksOf(show, "backend") === undefined);
    const clusters = await stage.web.envoy.admin.dynamicClusters();
    const seen = ["backend", "cache", "payment"].map((name) => [name, describeCheck(clusters.get(name))] as const);
    return { held: seen.every(([name, check]) => (check === "none") === (name === "backend")), evidence: seen.map(([name, check]) => `${name}: ${check}`).join(", ") };
  });
}

/** What must hold over the whole story. */
export async function lookBack({ stage, screen, expectations }: Show, listenerUpdates: number): Promise<void> {
  screen.heading("Looking back");
  await expectations.expect("no Envoy rejected anything", async () => {
    const rejected = await Promise.all(stage.members.map(async ({ envoy }) => [envoy.name, sum(await envoy.admin.stats("update_rejected$"))] as const));
    return { held: rejected.every(([, count]) => count === 0), evidence: `update_rejected: ${rejected.map(([name, count]) => `${name} ${count}`).join(", ")}` };
  });
  await expectations.expect("no edit of a policy touched a listener", async () => {
    const now = await stage.web.envoy.admin.stat("listener_manager.lds.update_success");
    return { held: now === listenerUpdates, evidence: `listener_manager.lds.update_success of web's Envoy: ${listenerUpdates} before the first policy, ${now} now` };
  });
}

function sum(stats: ReadonlyMap<string, number>): number {
  return [...stats.values()].reduce((total, value) => total + value, 0);
}
