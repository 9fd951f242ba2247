import { setTimeout as delay } from "node:timers/promises";
import { Command, Option } from "commander";
import type { JsonObject } from "../core/base/json.ts";
import type { ResourceKey } from "../core/model/resource.ts";
import { waitVerdict, type WaitCondition } from "../core/view/wait-verdict.ts";
import { ConnectionFailure } from "../edge/client/connection-failure.ts";
import { durationMs, openClient, withAccessOptions, type AccessOptions } from "./api-access.ts";
import { resourceText } from "./describe-problems.ts";
import { withExamples } from "./examples.ts";
import { CommandFailure, exitStatus } from "./exit-status.ts";
import { meshOption, requireTargets } from "./target-arguments.ts";
import type { Terminal } from "./terminal.ts";

const betweenMs = 200;

interface WaitOptions extends AccessOptions {
  readonly mesh: string;
  readonly for: WaitCondition;
  readonly timeout: number;
}

export function waitCommand(terminal: Terminal): Command {
  const conditions: readonly WaitCondition[] = ["programmed", "connected", "created", "deleted"];
  const command = new Command("wait")
    .description("wait until resources are as they are wanted")
    .argument("<target...>", "KIND NAME… or KIND/NAME…")
    .addOption(meshOption(terminal))
    .addOption(new Option("--for <condition>", "what to wait for").choices(conditions).default("programmed"))
    .addOption(new Option("--timeout <duration>", "how long").argParser(durationMs).default(30_000, "30s"));
  withAccessOptions(command)
    .addHelpText(
      "after",
      "\nprogrammed: every connected proxy that a policy selects (or the Dataplane's own) has confirmed what is newest; ends at once with status 1 when one refuses it.\nconnected: a proxy is connected for the Dataplane. created, deleted: the resource is there, or is not.\n\nExit status: 0 it is so, 1 it was not in time or was refused, 64 wrong use, 69 no answer, 77 not allowed.",
    )
    .action(async (words: readonly string[], options: WaitOptions) => {
      await wait(keysOf(words, options), options, terminal);
    });
  return withExamples(command, {
    "until every proxy runs with a policy that was just applied": "probeplane apply -f check.yaml && probeplane wait mhc/web-to-backend --timeout 10s",
    "until a proxy has connected": "probeplane wait dataplane web-1 --for=connected",
  });
}

function keysOf(words: readonly string[], { mesh, for: condition }: WaitOptions): readonly ResourceKey[] {
  return requireTargets(words).map(({ kind, name }) => {
    if (name === undefined) throw new CommandFailure(exitStatus.usage, `name which ${kind.kind} to wait for`);
    if (condition === "connected" && kind.kind !== "Dataplane") throw new CommandFailure(exitStatus.usage, "--for=connected is for Dataplanes");
    return { kind: kind.kind, mesh: kind.scope === "Mesh" ? mesh : "", name };
  });
}

async function wait(keys: readonly ResourceKey[], options: WaitOptions, terminal: Terminal): Promise<void> {
  const client = await openClient(options, terminal);
  const untilMs = performance.now() + options.timeout;
  for (const key of keys) {
    for (;;) {
      const verdict = waitVerdict(options.for, await read(() => client.get(key, { include: "status" }), untilMs));
      if (verdict.state === "met") {
        terminal.out(`${resourceText(key)} ${verdict.text}\n`);
        break;
      }
      if (verdict.state === "failed") throw new CommandFailure(exitStatus.invalid, `${resourceText(key)}: ${verdict.text}`);
      if (performance.now() > untilMs) throw new CommandFailure(exitStatus.invalid, `${resourceText(key)}: not ${options.for} in time: ${verdict.text}`);
      await delay(betweenMs);
    }
  }
}

/** A control plane that restarts comes back. */
async function read(ask: () => Promise<JsonObject | undefined>, untilMs: number): Promise<JsonObject | undefined> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ConnectionFailure) || performance.now() > untilMs) throw error;
      await delay(betweenMs);
    }
  }
}
