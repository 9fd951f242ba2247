import { Document, isScalar, visit } from "yaml";
import { noticeText } from "../../core/base/notice.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { Conversion, ConvertedSource } from "../../core/convert/convert-documents.ts";
import type { Remark } from "../../core/convert/remarks.ts";

/** In the order in which they are told: what somebody has to do comes first. */
const levels = [
  { level: "todo", heading: "To do:" },
  { level: "differs", heading: "Mind:" },
  { level: "left", heading: "Not carried over:" },
] as const;

/** Everything as YAML: above the policies of each source a comment that says where they come from, and what did not come with them. */
export function conversionText({ mesh, sources }: Conversion): string {
  const pieces = [
    ...(mesh === undefined ? [] : [{ comment: meshComment(mesh.sources), objects: [mesh.object] }]),
    ...sources.filter(({ policies, remarks }) => policies.length + remarks.length > 0).map((source) => ({ comment: commentOf(source), objects: source.policies })),
  ];
  const documents: string[] = [];
  // Comments of sources that nothing comes of stand above the next document: one without any content is not everybody's liking.
  let pending: string[] = [];
  for (const { comment, objects } of pieces) {
    pending.push(comment);
    for (const object of objects) {
      documents.push(pending.join("\n") + yamlOf(object));
      pending = [];
    }
  }
  const opening = documents.length > 0 ? `${commentLines(aboutDefaults)}\n` : "";
  return opening + documents.join("---\n") + (documents.length > 0 && pending.length > 0 ? "\n" : "") + pending.join("\n");
}

const aboutDefaults = ["What nobody says anything of is not as it is in Istio: docs/migrating.md says what differs, and", "deploy/kubernetes/istio-defaults.yaml keeps it as it was."];

/** Lists of numbers on one line: the statuses of a check can be hundreds. Texts are texts to YAML 1.1 as well, which Kubernetes reads. */
function yamlOf(object: JsonObject): string {
  const document = new Document(object, { aliasDuplicateObjects: false, version: "1.1" });
  visit(document, {
    Seq: (_, list) => {
      if (list.items.every((item) => isScalar(item) && typeof item.value === "number")) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function meshComment(sources: readonly string[]): string {
  const from = sources.length > 3 ? [...sources.slice(0, 3), `${sources.length - 3} more`] : sources;
  return commentLines([`From ${from.join(", ")}`, ...todo, ...mind]);
}

const todo = ["To do:", "  where there is such a Mesh already, merge `spec.mtls` into it rather than replace it"];
const mind = ["Mind:", "  a CA is made that nobody trusts yet: pods with Istio's sidecar and pods with this one do not trust each other"];

function commentOf({ source, origin, remarks }: ConvertedSource): string {
  const lines = levels.flatMap(({ level, heading }) => {
    const found = remarks.filter((remark) => remark.level === level);
    return found.length === 0 ? [] : [heading, ...found.map((remark) => `  ${noticeText(remark)}`)];
  });
  return commentLines([`From ${source} (${origin})`, ...lines]);
}

/** Texts of users may have line breaks in them. */
function commentLines(lines: readonly string[]): string {
  return lines.map((line) => `# ${line.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")}\n`).join("");
}

/** Everything as one Kubernetes List. */
export function conversionList({ mesh, sources }: Conversion): JsonObject {
  return { apiVersion: "v1", kind: "List", items: [...(mesh === undefined ? [] : [mesh.object]), ...sources.flatMap(({ policies }) => policies)] };
}

const words: Readonly<Record<Remark["level"], string>> = { left: "not carried over", differs: "mind", todo: "to do" };

/** What the comments say, for outputs that have none. */
export function remarkLines({ sources }: Conversion): readonly string[] {
  return sources.flatMap(({ source, remarks }) => remarks.map((remark) => `${words[remark.level]}: ${source}: ${noticeText(remark)}`));
}

/** A line for each document that somebody might miss, and one for all others. */
export function passedOverLines({ passedOver }: Conversion): readonly string[] {
  const told = passedOver.flatMap(({ origin, source, message }) => (message === undefined ? [] : [`passed over: ${[source === "" ? origin : source, message].join(": ")}`]));
  const others = new Map<string, number>();
  for (const { kind, message } of passedOver) if (message === undefined) others.set(kind, (others.get(kind) ?? 0) + 1);
  const counts = [...others].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${count} ${kind}`);
  return [...told, ...(counts.length === 0 ? [] : [`passed over: ${counts.join(", ")}`])];
}
