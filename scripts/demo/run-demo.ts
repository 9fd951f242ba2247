import { parseArgs } from "node:util";
import { killRunning } from "../../test/kit/children.ts";
import { EnvoyUnavailable, envoyBinary } from "../lib/envoy-binary.ts";
import { deletePolicy, fallBackToTcp, lookBack } from "./ending.ts";
import { Expectations } from "./expectations.ts";
import { breakBackends, breakOthers } from "./faults.ts";
import { applyPolicies, connect, editTiming, keepStrangersOut, lookAtApps, sendTraffic } from "./opening.ts";
import { keepOthersOut, lookAtConnections, lookAtIdentities, renewCertificates, strictMesh } from "./mutual-tls.ts";
import { Screen } from "./screen.ts";
import type { Show } from "./show.ts";
import { buildStage, clearStage } from "./stage.ts";
import { seconds } from "./time-to-verdict.ts";
import { offerToTry } from "./try-it.ts";
import { verdictTable, verdictText } from "./verdict-table.ts";
import { VerdictWatch } from "./verdict-watch.ts";

/**
 * Tells the story and gives the exit status: 0 only when every expectation held.
 *
 * `--once` ends after the story, as happens without a terminal anyway. `--no-faults` breaks nothing; the story then has to fail.
 * `--mtls` tells it in a mesh that takes nothing but mutual TLS. `--short` breaks one backend only.
 */
export async function runDemo(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { once: { type: "boolean" }, "no-faults": { type: "boolean" }, mtls: { type: "boolean" }, short: { type: "boolean" } } });
  const screen = new Screen(process.stdout);
  endOnSignal();
  const start = performance.now();
  try {
    const binary = await envoyBinary({ log: (line) => { screen.line(line); } });
    screen.line("starting a control plane, six apps and six Envoys …");
    const stage = await buildStage(binary, values.mtls === true ? strictMesh : undefined);
    const show: Show = { stage, screen, expectations: new Expectations(screen), withFaults: values["no-faults"] !== true, withMtls: values.mtls === true, isShort: values.short === true };
    const staysUp = screen.live && values.once !== true;
    return await perform(show, staysUp, start);
  } catch (error) {
    screen.line(error instanceof EnvoyUnavailable ? error.message : String(error instanceof Error ? error.stack : error));
    return 1;
  } finally {
    killRunning();
  }
}

async function perform(show: Show, staysUp: boolean, start: number): Promise<number> {
  const { stage, screen, expectations } = show;
  const watch = watchFrom(show, start);
  try {
    await tell(show, watch);
    summarize(show, start);
    if (staysUp) {
      const server = await offerToTry(show);
      // Until Ctrl-C.
      await new Promise((resolve) => server.once("close", resolve));
    }
  } finally {
    screen.stop();
    await watch.stop();
    await clearStage(stage);
  }
  return expectations.failed.length === 0 ? 0 : 1;
}

async function tell(show: Show, watch: VerdictWatch): Promise<void> {
  await connect(show);
  await keepStrangersOut(show);
  if (show.withMtls) {
    await lookAtIdentities(show);
    await keepOthersOut(show);
  }
  await sendTraffic(show);
  const listenerUpdates = await show.stage.web.envoy.admin.stat("listener_manager.lds.update_success");
  await applyPolicies(show);
  if (show.withMtls) await lookAtConnections(show);
  await lookAtApps(show);
  await watch.look();
  show.screen.showTable();
  await editTiming(show);
  await breakBackends(show);
  if (!show.isShort) await breakOthers(show);
  await fallBackToTcp(show);
  await deletePolicy(show);
  if (show.withMtls) await renewCertificates(show);
  await lookBack(show, listenerUpdates);
}

function watchFrom({ stage, screen }: Show, start: number): VerdictWatch {
  const names = new Map(stage.members.map(({ endpoint, app }) => [endpoint, app.name]));
  const watch = new VerdictWatch(stage.web.envoy.admin, names, (now, before) => {
    const at = seconds(Math.round((now.sinceMs - start) / 100) * 100);
    screen.line(screen.faint(`         at ${at}: ${now.name} ${verdictText(before)} → ${verdictText(now)}`));
  });
  watch.start();
  screen.follow(() => verdictTable(watch.hosts, performance.now()));
  return watch;
}

function summarize({ screen, expectations }: Show, start: number): void {
  const { count, failed } = expectations;
  screen.line();
  screen.line(`${count - failed.length} of ${count} expectations held, in ${seconds(performance.now() - start)}.`);
  for (const what of failed) screen.line(`  failed: ${what}`);
}

function endOnSignal(): void {
  for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15], ["SIGHUP", 1]] as const) {
    process.once(signal, () => {
      killRunning();
      process.exit(128 + number);
    });
  }
}
