import { joinPaths } from "../../core/base/field-path.ts";
import { pathText, pointerOf, withValueAt, type JsonPath } from "../../core/base/json-path.ts";
import { noticeText } from "../../core/base/notice.ts";
import { injectPod, type InjectionNamespace } from "../../core/injection/inject-pod.ts";
import type { InjectionSettings } from "../../core/injection/settings.ts";
import { workloadTemplates, type WorkloadTemplate } from "../../core/injection/workload-templates.ts";
import { patchBetween } from "../../core/kubernetes/admission/patch-between.ts";
import type { PodTemplate } from "../../core/probe/pod-spec.ts";
import { readPodTemplate } from "../../core/probe/read-pod.ts";
import type { ReadText } from "./read-text.ts";
import { editYaml } from "./edit-yaml.ts";
import { formatJsonLike, parsedJson } from "./edit-json.ts";
import { outerWords } from "./outer-words.ts";
import type { TextPiece } from "./text-pieces.ts";

/** What a user should know of a document, or why nothing comes of it. */
export interface Remark {
  /** `refused`: nothing is written at all. `left`: an object goes on without a sidecar. */
  readonly level: "refused" | "left" | "warning";
  readonly text: string;
}

/** What holds for every document. */
export interface Injecting {
  /** Of objects that name none. */
  readonly namespace: string;
  /** What the documents say of namespaces. */
  readonly namespaces: ReadonlyMap<string, InjectionNamespace>;
  readonly settings: InjectionSettings;
}

/** A place of a document, and the pod there before and after. */
interface Edit {
  readonly path: JsonPath;
  readonly before: PodTemplate;
  readonly after: PodTemplate;
}

/** A text with a sidecar in every pod that is to have one. What nothing is done to stays as it is, byte for byte. */
export function injectText({ text, pieces }: ReadText, injecting: Injecting, remarks: Remark[]): string {
  let [result, end] = ["", 0];
  for (const { piece, read } of pieces) {
    const edits = read.ok ? workloadTemplates(read.value).flatMap((template) => injectTemplate(template, read.origin, injecting, remarks)) : [];
    if (!read.ok) remarks.push(...read.violations.map((violation): Remark => ({ level: "refused", text: `${read.origin}: ${noticeText(violation)}` })));
    if (edits.length === 0) continue;
    result += text.slice(end, piece.start) + edited(piece, edits);
    end = piece.end;
  }
  return result + text.slice(end);
}

function injectTemplate(template: WorkloadTemplate, origin: string, injecting: Injecting, remarks: Remark[]): Edit[] {
  const { kind, name, objectPath, podPath, pod, namespace = injecting.namespace } = template;
  const place = [origin, ...(objectPath.length === 0 ? [] : [pathText(objectPath)]), `${kind} ${name}`].join(": ");
  const remark = (level: Remark["level"], path: string, text: string): void => void remarks.push({ level, text: `${place}: ${noticeText({ path, message: text })}` });
  const podText = pathText(podPath);
  for (const line of outerWords(template)) remark("warning", "", line);
  if (pod === undefined) {
    remark("warning", podText, "there is no pod in it");
    return [];
  }
  const read = readPodTemplate(pod);
  if (!read.ok) {
    for (const { path, message } of read.violations) remark("refused", joinPaths(podText, path), message);
    return [];
  }
  const injection = injectPod(read.pod, injecting.namespaces.get(namespace) ?? { name: namespace }, injecting.settings);
  for (const line of injection.warnings) remark("warning", podText, line);
  for (const { path, message } of injection.violations) remark("refused", joinPaths(podText, path), message);
  if (injection.outcome === "left") remark("left", "", injection.reason ?? "");
  const isChanged = injection.outcome === "injected" && injection.pod !== read.pod;
  return isChanged ? [{ path: [...objectPath, ...podPath], before: read.pod, after: injection.pod }] : [];
}

function edited({ marker, body }: TextPiece, edits: readonly Edit[]): string {
  const json = parsedJson(body);
  if (json !== undefined) return marker + formatJsonLike(body, edits.reduce((value, { path, after }) => withValueAt(value, path, after), json.value));
  const operations = edits.flatMap(({ path, before, after }) => {
    return patchBetween(before, after).map((operation) => ({ ...operation, path: pointerOf(path) + operation.path }));
  });
  const text = editYaml(body, operations);
  return marker + (body.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text);
}
