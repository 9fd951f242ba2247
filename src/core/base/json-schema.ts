export type JsonTypeName = "object" | "array" | "string" | "integer" | "number" | "boolean";

/** The part of JSON Schema that our schemas use: what OpenAPI documents and CustomResourceDefinitions can say as well. */
export interface JsonSchema {
  readonly type?: JsonTypeName | readonly JsonTypeName[];
  /** For people: meaning, unit, default. Every field has one. */
  readonly description?: string;
  /** In the order in which they are printed. */
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** A schema: any names, values like this. `true`: anything, kept as it is. Absent: only the known names. */
  readonly additionalProperties?: JsonSchema | true;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  /** `duration`: Go's syntax, as `parseDuration` reads it. */
  readonly format?: "duration";
}
