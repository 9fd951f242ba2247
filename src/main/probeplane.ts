import { main } from "./main.ts";
import { processTerminal } from "./terminal.ts";

// Not process.exit: what was written must reach a slow reader first.
process.exitCode = await main(process.argv.slice(2), processTerminal);
