/** One instruction of a Dockerfile: `COPY`, and the rest of its line. */
export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** A stage: what it begins with, and what follows. */
export interface Stage {
  readonly from: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Reads as much of the language as our file uses; lines that go on end with a backslash. */
export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text.replace(/\\\n/g, " ").split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const stages: { from: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, word = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === "FROM") {
      const [from = "", , name] = rest.split(/\s+/);
      stages.push({ from, name, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ word, rest });
    }
  }
  return stages;
}

/** What the last instruction of a word says, as the list that it is written as, or as words. */
export function lastOf(stage: Stage, word: string): readonly string[] {
  const rest = stage.instructions.filter((instruction) => instruction.word === word).at(-1)?.rest ?? "";
  return rest.startsWith("[") ? (JSON.parse(rest) as string[]) : rest.split(/\s+/).filter((part) => part !== "");
}
