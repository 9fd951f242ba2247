import { asObject, asString, ownField } from "../../core/base/json.ts";
import { pathText } from "../../core/base/json-path.ts";
import { fieldPath } from "../../core/base/field-path.ts";
import type { WorkloadTemplate } from "../../core/injection/workload-templates.ts";
import { annotationTable, type DescribedAnnotation } from "../../core/kubernetes/annotation-table.ts";

const table: readonly DescribedAnnotation[] = Object.values(annotationTable);
const namesOnPods = table.filter(({ on, written }) => on.includes("Pod") && written !== true).map(({ name }) => name);

/**
 * What a workload says on itself although only its pods are asked: it does nothing there. One line each; what the template says in
 * the same words is not told.
 */
export function outerWords({ kind, podPath, pod, outerMetadata }: WorkloadTemplate): readonly string[] {
  const podMetadata = asObject(ownField(asObject(pod), "metadata"));
  return outerMetadata.flatMap(({ path, metadata }) =>
    (["labels", "annotations"] as const).flatMap((member) => {
      const [outer, inner] = [asObject(metadata[member]), asObject(ownField(podMetadata, member))];
      const said = namesOnPods.filter((name) => asString(ownField(outer, name)) !== undefined && ownField(outer, name) !== ownField(inner, name));
      return said.map((name) => {
        return `${fieldPath(pathText([...path, member]), name)} does nothing on a ${kind} itself: it belongs to ${pathText([...podPath, "metadata", member])}`;
      });
    }),
  );
}
