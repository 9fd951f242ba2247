import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Fleet } from "./fleet.ts";
import type { ClientCommand, ClientReport, Counters } from "./messages.ts";
import { encodeRecording } from "./recording.ts";

/** The process of the clients: does what the bench tells it over the channel between them, and ends with it. */

/** Before anything is connected. */
const none: Counters = { bytes: 0, messages: 0, bytesByType: {}, quietS: 0, reached: 0 };

let fleet: Fleet | undefined;
let closing = false;

function report(what: ClientReport): void {
  process.send?.(what);
}

function fail(reason: string): void {
  if (!closing) report({ type: "failed", reason });
  closing = true;
}

async function obey(command: ClientCommand): Promise<void> {
  switch (command.type) {
    case "connect":
      fleet = new Fleet(command.options, (at) => {
        report({ type: "reached", at: at.map(String) });
      }, fail);
      break;
    case "expect":
      fleet?.expect(command.intervalMs);
      report({ type: "ready" });
      break;
    case "counters":
      report({ type: "counters", counters: fleet?.counters() ?? none });
      break;
    case "save-recording":
      await pipeline(Readable.from(encodeRecording(fleet?.recorded ?? [])), createWriteStream(command.path));
      report({ type: "ready" });
      break;
    case "close":
      closing = true;
      fleet?.close();
      process.disconnect();
      break;
  }
}

process.on("message", (command: ClientCommand) => {
  obey(command).catch((error: unknown) => {
    fail(String(error));
  });
});
process.on("disconnect", () => {
  process.exit();
});
report({ type: "ready" });
