import { Command } from "commander";
import { exportCommand } from "./store-export.ts";
import { importCommand } from "./store-import.ts";
import type { Terminal } from "./terminal.ts";

/** `probeplane store …`: moves what is stored from one store to another. */
export function storeCommand(terminal: Terminal): Command {
  return new Command("store").description("move what is stored: out of one store, into another").addCommand(exportCommand(terminal)).addCommand(importCommand(terminal));
}
