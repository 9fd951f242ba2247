import { fieldPath } from "../base/field-path.ts";
import { annotationNames } from "../kubernetes/annotation-names.ts";

export type AnnotationKey = keyof typeof annotationNames;

/** Where an annotation, or the label of its name, stands, as messages say it. */
export function annotationPath(key: AnnotationKey, kind: "annotations" | "labels" = "annotations"): string {
  return fieldPath(`metadata.${kind}`, annotationNames[key]);
}
