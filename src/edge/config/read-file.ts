import { LineCounter, parseDocument } from "yaml";
import { asObject } from "../../core/base/json.ts";
import { didYouMean } from "../../core/base/nearest-name.ts";
import type { Given, GivenValue } from "./given.ts";
import type { OptionTable } from "./option.ts";

/** The text of the configuration file and how messages call it. */
export interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

/** Reads the configuration file: YAML (or JSON), the names of the options as keys, a level for each dot. */
export function readConfigFile({ name, text }: ConfigFile, table: OptionTable): Given {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `${name}: line ${line}, column ${col}: ${message}`;
  });
  if (problems.length > 0) return { values: [], problems };
  const root: unknown = document.toJS();
  if (root === null) return { values: [], problems: [] };
  const fields = asObject(root);
  return fields === undefined ? { values: [], problems: [`${name}: has to be a map of options`] } : readLevel(fields, "", name, table);
}

function readLevel(fields: Readonly<Record<string, unknown>>, path: string, file: string, table: OptionTable): Given {
  const names = Object.keys(table);
  const values: GivenValue[] = [];
  const problems: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    const name = `${path}${key}`;
    const inner = asObject(value);
    if (Object.hasOwn(table, name)) {
      if (value !== null) values.push({ name, value, place: `${file}: ${name}` });
    } else if (inner !== undefined && names.some((each) => each.startsWith(`${name}.`))) {
      const below = readLevel(inner, `${name}.`, file, table);
      values.push(...below.values);
      problems.push(...below.problems);
    } else {
      problems.push(`${file}: ${name}: there is no such option${didYouMean(name, names)}`);
    }
  }
  return { values, problems };
}
