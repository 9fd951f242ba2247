import type { JsonSchema } from "../base/json-schema.ts";
import type { Violation } from "../base/violation.ts";

/** What the rest has to know of a kind of resource. */
export interface ResourceKindDescriptor {
  /** `MeshHealthCheck` */
  readonly kind: string;
  /** Path segment in the API and plural for kubectl: `meshhealthchecks`. */
  readonly path: string;
  /** A Global resource lives in no mesh. */
  readonly scope: "Mesh" | "Global";
  /** For identifiers and kubectl: `mhc`. */
  readonly shortName: string;
  /** `Mesh Health Check` */
  readonly singularDisplayName: string;
  readonly pluralDisplayName: string;
  /** Shape of the spec, a description on every field. Validation and the reference pages come from it. */
  readonly specSchema: JsonSchema;
  /** True: in Universal documents its fields stand at the top level, beside `type` and `name`, not under `spec`. */
  readonly fieldsAtTop: boolean;
  /** True: only administrators may read and write it, and it stays out of the World, of logs, and of whatever shows everything. */
  readonly sensitive?: boolean;
  /**
   * All that the schema cannot say, all at once; paths relative to the spec. Gets any JSON object: a field of a wrong type was
   * reported by the schema and is passed over here.
   */
  validate(spec: unknown): readonly Violation[];
  /** The last touch on a valid spec: unknown fields are gone and durations are in normal form already. Usually the spec itself. */
  normalize(spec: unknown): unknown;
}
