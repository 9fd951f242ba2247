import type { Resource } from "../../core/model/resource.ts";
import { withStoreLabels } from "../../core/model/store-labels.ts";

/** The mesh of what names none. In sources of which people write only what they want it is there when nobody wrote it. */
export const defaultMesh: Resource = withStoreLabels(Object.freeze({ kind: "Mesh", mesh: "", name: "default", labels: Object.freeze({}), spec: Object.freeze({}) }));
