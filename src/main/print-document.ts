import { stringify } from "yaml";

export type OutputFormat = "yaml" | "json";

/** A document for people or for programs, ending in a newline. Shared parts are written out each time: no YAML anchors. */
export function printDocument(document: unknown, format: OutputFormat): string {
  if (format === "json") return `${JSON.stringify(document, null, 2)}\n`;
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}
