import { setTimeout as sleep } from "node:timers/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../core/base/duration.ts";
import { agentVariables } from "../core/injection/agent-variables.ts";
import { ask } from "../edge/agent/ask.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus, messageOf } from "./exit-status.ts";

interface WaitOptions {
  readonly url: string;
  readonly timeout: number;
  readonly requestTimeout: number;
  readonly period: number;
}

/** For the hook `postStart` of an ordinary sidecar, so that the app starts once its connections get somewhere. Times are Istio's. */
export function agentWaitCommand(): Command {
  const command = new Command("wait")
    .description("wait until the sidecar of this pod is ready")
    .option("--url <url>", "where its readiness is answered", "http://127.0.0.1:15021/healthz/ready")
    .addOption(new Option("--timeout <duration>", "how long to wait").argParser(duration).default(60_000, "60s"))
    .addOption(new Option("--request-timeout <duration>", "how long one answer may take").argParser(duration).default(500, "500ms"))
    .addOption(new Option("--period <duration>", "how often to ask").argParser(duration).default(500, "500ms"))
    .addHelpText("after", "\nExit status: 0 it is ready, 1 it was not in time.")
    .action(wait);
  return withExamples(command, { "see from outside whether a pod's sidecar is ready": "kubectl exec web-5d9c7 --container istio-proxy -- probeplane agent wait --timeout 10s" });
}

async function wait({ url, timeout, requestTimeout, period }: WaitOptions): Promise<void> {
  const untilMs = performance.now() + timeout;
  for (let reason: string; ; ) {
    try {
      const { status } = await ask({ method: "GET", url, timeoutMs: requestTimeout });
      if (status === 200) return;
      reason = `status ${status}`;
    } catch (error) {
      reason = messageOf(error);
    }
    if (performance.now() + period > untilMs) throw new CommandFailure(exitStatus.invalid, `the sidecar is not ready after ${timeout / 1000} s: ${url}: ${reason}`);
    await sleep(period);
  }
}

/** For the hook `preStop` of a native sidecar: it drains while the app ends, and is stopped after it. */
export function agentDrainCommand(): Command {
  const command = new Command("drain")
    .description("have the sidecar of this pod finish what is under way and take nothing new")
    .addOption(new Option("--status-port <port>", "the agent's").argParser(port).default(15_020).env(agentVariables.statusPort))
    .addHelpText("after", "\nExit status: 0 it drains, 69 no agent answers.")
    .action(async ({ statusPort }: { readonly statusPort: number }) => {
      const url = `http://127.0.0.1:${statusPort}/drain`;
      const answer = await ask({ method: "POST", url, timeoutMs: 5_000 }).catch((error: unknown) => {
        throw new CommandFailure(exitStatus.unavailable, `${url}: ${messageOf(error)}`);
      });
      if (answer.status !== 200) throw new CommandFailure(exitStatus.unavailable, `${url}: status ${answer.status}: ${answer.body.trim()}`);
    });
  return withExamples(command, { "take a pod out of the traffic by hand": "kubectl exec web-5d9c7 --container istio-proxy -- probeplane agent drain" });
}

function duration(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok || parsed.ms <= 0 || parsed.ms > 3_600_000) throw new InvalidArgumentError("a duration up to 1h is needed, such as 500ms.");
  return parsed.ms;
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1 || number > 65_535) throw new InvalidArgumentError("a port from 1 to 65535 is needed.");
  return number;
}
