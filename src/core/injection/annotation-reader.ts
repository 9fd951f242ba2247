import { labelOf } from "../base/labels.ts";
import type { Violation } from "../base/violation.ts";
import { annotationNames } from "../kubernetes/annotation-names.ts";
import { saidBy, switchIn } from "../kubernetes/read-annotation.ts";
import type { PodTemplate } from "../probe/pod-spec.ts";
import { annotationPath, type AnnotationKey } from "./annotation-path.ts";
import { shown, take, type ReadText } from "./read-text.ts";

/** Reads a pod's annotations by what they are for. */
export interface AnnotationReader {
  /** Text as it is written, empty too; undefined: not there. */
  raw(key: AnnotationKey): string | undefined;
  /** What is not said, and what is empty, is undefined; what is wrong is a violation. */
  one<T>(read: ReadText<T>, key: AnnotationKey): T | undefined;
  /** Of two names for one thing, the first counts more. */
  either<T>(read: ReadText<T>, key: AnnotationKey, other: AnnotationKey): T | undefined;
  /** The empty text says something too. */
  emptyToo<T>(read: ReadText<T>, key: AnnotationKey): T | undefined;
  /** What either of two names lists; undefined when neither is there. The empty text is an empty list, whatever holds for all. */
  both<T>(read: ReadText<readonly T[]>, key: AnnotationKey, other: AnnotationKey): readonly T[] | undefined;
  /** Of what may be a label as well, which then counts more. */
  labelled<T>(read: ReadText<T>, key: AnnotationKey): T | undefined;
  /** Yes or no; anything else is a warning and counts as not said. */
  yes(key: AnnotationKey): boolean | undefined;
  warn(key: AnnotationKey, message: string): void;
  refuse(key: AnnotationKey, message: string): void;
}

export function createAnnotationReader({ metadata }: PodTemplate, warnings: string[], violations: Violation[]): AnnotationReader {
  const raw = (key: AnnotationKey): string | undefined => labelOf(metadata?.annotations, annotationNames[key]);
  const warn = (key: AnnotationKey, message: string): void => void warnings.push(`${annotationPath(key)}: ${message}`);
  function emptyToo<T>(read: ReadText<T>, key: AnnotationKey): T | undefined {
    const text = raw(key);
    return text === undefined ? undefined : take(read, text, annotationPath(key), violations);
  }
  function one<T>(read: ReadText<T>, key: AnnotationKey): T | undefined {
    return (raw(key) ?? "").trim() === "" ? undefined : emptyToo(read, key);
  }
  return {
    raw,
    one,
    emptyToo,
    either: (read, key, other) => {
      const [first, second] = [saidBy(metadata, annotationNames[key], "annotation"), saidBy(metadata, annotationNames[other], "annotation")];
      if (first !== undefined && second !== undefined && first.text !== second.text) warn(other, `is ${shown(second.text)}, and ${first.name}, which counts more, is ${shown(first.text)}`);
      return one(read, first === undefined ? other : key);
    },
    both: <T>(read: ReadText<readonly T[]>, key: AnnotationKey, other: AnnotationKey) => {
      if (raw(key) === undefined && raw(other) === undefined) return undefined;
      return [...new Set([...(emptyToo(read, key) ?? []), ...(emptyToo(read, other) ?? [])])];
    },
    labelled: (read, key) => {
      const label = saidBy(metadata, annotationNames[key], "label");
      return label === undefined ? one(read, key) : take(read, label.text, annotationPath(key, "labels"), violations);
    },
    yes: (key) => {
      const text = raw(key) ?? "";
      const value = switchIn(text);
      if (text.trim() !== "" && value === undefined) warn(key, `must be true or false, and is ${shown(text)}; it counts for nothing`);
      return value;
    },
    warn,
    refuse: (key, message) => void violations.push({ path: annotationPath(key), message }),
  };
}
