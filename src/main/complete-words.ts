import type { Argument, Command, Option } from "commander";
import { kindByWord, wordsOf } from "../core/policy/kind-by-word.ts";
import { resourceKinds } from "../core/policy/registry.ts";

/** One word that could stand there. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** Names that only the server or a file knows. */
export interface KnownNames {
  /** Names of a kind, by its kind (`Dataplane`); with the words before, which may say in which mesh and where. */
  resources(kind: string, words: readonly string[]): Promise<readonly string[]>;
  contexts(): Promise<readonly string[]>;
}

/** The shell has to complete a file name. */
export const files: readonly Candidate[] = [{ word: ":files", description: "" }];

/** What the last of the words could become; `words` are those after `probeplane`, the last perhaps empty. */
export async function completeWords(root: Command, words: readonly string[], names: KnownNames): Promise<readonly Candidate[]> {
  const { command, positional, option } = walk(root, words.slice(0, -1));
  const last = words.at(-1) ?? "";
  const found = await candidates({ command, positional, option, last, words, names });
  return found === files ? files : found.filter(({ word }) => word.startsWith(last));
}

interface Position {
  readonly command: Command;
  /** Words of the command that are no options. */
  readonly positional: readonly string[];
  /** The option whose value comes next. */
  readonly option: Option | undefined;
}

function walk(root: Command, words: readonly string[]): Position {
  let command = root;
  let option: Option | undefined;
  const positional: string[] = [];
  for (const word of words) {
    if (option !== undefined) option = undefined;
    else if (word.startsWith("-")) option = word.includes("=") ? undefined : valued(command, word);
    else {
      const inner = positional.length === 0 ? command.commands.find((each) => each.name() === word || each.aliases().includes(word)) : undefined;
      if (inner === undefined) positional.push(word);
      else command = inner;
    }
  }
  return { command, positional, option };
}

/** The option that this word is, if a value has to follow it. */
function valued(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => long === word || short === word);
  return option?.required === true ? option : undefined;
}

async function candidates(at: Position & { readonly last: string; readonly words: readonly string[]; readonly names: KnownNames }): Promise<readonly Candidate[]> {
  const { command, positional, option, last, words, names } = at;
  if (option !== undefined) return await valuesOf(option, words, names);
  if (last.startsWith("-")) return command.options.filter(({ hidden }) => !hidden).map(({ long, short, description }) => ({ word: long ?? short ?? "", description }));
  const inner = command.commands.filter((each) => !each.name().startsWith("_")).map((each) => ({ word: each.name(), description: each.description() }));
  if (inner.length > 0) return inner;
  const argument = command.registeredArguments[Math.min(positional.length, command.registeredArguments.length - 1)];
  return argument === undefined ? [] : await argumentsOf(argument, positional, words, names);
}

async function valuesOf(option: Option, words: readonly string[], names: KnownNames): Promise<readonly Candidate[]> {
  if (option.argChoices !== undefined) return option.argChoices.map(plain);
  if (/<(file|place|dir|folder)>/.test(option.flags)) return files;
  if (option.long === "--mesh") return (await names.resources("Mesh", words)).map(plain);
  if (option.long === "--context") return (await names.contexts()).map(plain);
  if (option.long === "--proxy" || option.long === "--dataplane") return (await names.resources("Dataplane", words)).map(plain);
  if (option.long === "--name") return (await names.contexts()).map(plain);
  return [];
}

async function argumentsOf(argument: Argument, positional: readonly string[], words: readonly string[], names: KnownNames): Promise<readonly Candidate[]> {
  if (argument.argChoices !== undefined) return argument.argChoices.map(plain);
  if (!["target", "kind", "name"].includes(argument.name())) return [];
  const [first] = positional;
  const [slashed = "", name] = (words.at(-1) ?? "").split("/");
  if (name !== undefined) {
    const kind = kindByWord(slashed)?.kind;
    return kind === undefined ? [] : (await names.resources(kind, words)).map((each) => plain(`${slashed}/${each}`));
  }
  const kind = first === undefined || first.includes("/") ? undefined : kindByWord(first)?.kind;
  if (kind !== undefined) return (await names.resources(kind, words)).map(plain);
  return resourceKinds.flatMap((each) => wordsOf(each).map((word) => ({ word, description: each.pluralDisplayName })));
}

function plain(word: string): Candidate {
  return { word, description: "" };
}
