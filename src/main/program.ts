import { Command } from "commander";
import type { Terminal } from "./terminal.ts";
import { version } from "./version.ts";

/** Told the exit status when it is not 0. */
export type End = (status: number) => void;

type Load = (terminal: Terminal, end: End, root: () => Command) => Promise<Command>;

/**
 * The commands in the order of the help. Each is loaded when it is asked for: what runs beside every app of a mesh must not have the
 * control plane's libraries in its memory, and nobody should wait for them who asks for a list.
 */
const commands: Readonly<Record<string, Load>> = {
  run: async (terminal) => (await import("./run.ts")).runCommand(terminal),
  validate: async (terminal, end) => (await import("./validate.ts")).validateCommand(terminal, end),
  render: async (terminal) => (await import("./render.ts")).renderCommand(terminal),
  bootstrap: async (terminal) => (await import("./bootstrap.ts")).bootstrapCommand(terminal),
  proxy: async (terminal) => (await import("./proxy.ts")).proxyCommand(terminal),
  agent: async (terminal) => (await import("./agent.ts")).agentCommand(terminal),
  redirect: async (terminal) => (await import("./redirect.ts")).redirectCommand(terminal),
  apply: async (terminal) => (await import("./apply.ts")).applyCommand(terminal),
  get: async (terminal) => (await import("./get.ts")).getCommand(terminal),
  delete: async (terminal) => (await import("./delete.ts")).deleteCommand(terminal),
  diff: async (terminal, end) => (await import("./diff.ts")).diffCommand(terminal, end),
  wait: async (terminal) => (await import("./wait.ts")).waitCommand(terminal),
  inspect: async (terminal) => (await import("./inspect.ts")).inspectCommand(terminal),
  doctor: async (terminal) => (await import("./doctor.ts")).doctorCommand(terminal),
  token: async (terminal) => (await import("./token.ts")).tokenCommand(terminal),
  mtls: async (terminal) => (await import("./mtls.ts")).mtlsCommand(terminal),
  store: async (terminal) => (await import("./store.ts")).storeCommand(terminal),
  inject: async (terminal) => (await import("./inject.ts")).injectCommand(terminal),
  convert: async (terminal) => (await import("./convert.ts")).convertCommand(terminal),
  config: async (terminal) => (await import("./config.ts")).configCommand(terminal),
  install: async (terminal) => (await import("./install.ts")).installCommand(terminal),
  completion: async (terminal) => (await import("./completion.ts")).completionCommand(terminal),
};

/** What the completion scripts ask; not in the help. */
const loadComplete: Load = async (terminal, _end, root) => (await import("./completion.ts")).completeCommand(terminal, root);

/** The whole command line; also what its reference page is made from. */
export async function program(terminal: Terminal, end: End): Promise<Command> {
  return await assemble(terminal, end, Object.values(commands), [loadComplete]);
}

/** The command line as far as these arguments need it: one command, where they begin with its name. */
export async function programFor(args: readonly string[], terminal: Terminal, end: End): Promise<Command> {
  const [name = ""] = args;
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return load === undefined ? await program(terminal, end) : await assemble(terminal, end, [load], []);
}

async function assemble(terminal: Terminal, end: End, shown: readonly Load[], hidden: readonly Load[]): Promise<Command> {
  const root = new Command("probeplane")
    .description("health checking for Envoy meshes: an xDS control plane that turns MeshHealthCheck policies into what every Envoy does")
    .version(version, "-V, --version", "print the version")
    .helpCommand("help [command]", "print help");
  const load = (loads: readonly Load[]): Promise<Command[]> => Promise.all(loads.map((each) => each(terminal, end, () => root)));
  for (const command of await load(shown)) root.addCommand(command);
  for (const command of await load(hidden)) root.addCommand(command, { hidden: true });
  for (const command of everyCommand(root)) {
    command.exitOverride().helpOption("-h, --help", "print help").showSuggestionAfterError(true);
    command.configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  }
  return root;
}

/** A command and all below it, in the order of the help. */
export function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const inner of command.commands) yield* everyCommand(inner);
}
