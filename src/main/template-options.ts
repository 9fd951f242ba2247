import { InvalidArgumentError, Option } from "commander";
import { fillTemplate, parseVariables } from "../core/base/fill-template.ts";
import type { PrepareText } from "../edge/source/read-input.ts";

/** `--var`, as kumactl has it. */
export function variableOption(): Option {
  return new Option("-v, --var <name=value>", "value of a variable that files name as {{ name }}; may be repeated, or name several with commas between").argParser(
    (text: string, earlier: ReadonlyMap<string, string> | undefined) => {
      const pairs = parseVariables(text);
      if (pairs === undefined) throw new InvalidArgumentError("name=value is needed, the name of letters, digits, dots, dashes and underscores.");
      return new Map([...(earlier ?? []), ...pairs]);
    },
  );
}

/** Fills variables in, and remembers which were used. Without any variable, texts stay as they are (as with kumactl). */
export interface TemplateFiller {
  readonly prepare: PrepareText;
  /** Variables that no text named. */
  unused(): readonly string[];
  /** Variables that texts name although no variable was given at all. */
  unasked(): readonly string[];
}

export function templateFiller(variables: ReadonlyMap<string, string> = new Map()): TemplateFiller {
  const used = new Set<string>();
  return {
    prepare: (text) => {
      const filled = fillTemplate(text, variables);
      for (const name of filled.used) used.add(name);
      if (variables.size === 0) return { ok: true, text };
      const violations = [
        ...filled.missing.map(({ name, line }) => ({ path: "", message: `line ${line}: the variable ${name} has no value; give --var ${name}=…` })),
        ...filled.unsupported.map(({ tag, line }) => ({ path: "", message: `line ${line}: ${tag} is not supported; {{ name }} is` })),
      ];
      return violations.length > 0 ? { ok: false, violations } : { ok: true, text: filled.text };
    },
    unused: () => [...variables.keys()].filter((name) => !used.has(name)),
    unasked: () => (variables.size === 0 ? [...used] : []),
  };
}
