import { annotationTable } from "./annotation-table.ts";

type Names = { readonly [K in keyof typeof annotationTable]: (typeof annotationTable)[K]["name"] };

/** Labels and annotations on Kubernetes' own objects that say what of them the mesh is, by what they are for. */
export const annotationNames: Names = Object.freeze(Object.fromEntries(Object.entries(annotationTable).map(([key, { name }]) => [key, name])) as Names);

/** The annotation of a Service that says what is spoken on one of its ports; it counts more than `appProtocol`. */
export function protocolAnnotation(port: number): string {
  return `${port}.service.kuma.io/protocol`;
}
