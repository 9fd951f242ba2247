/** The part of JSON Schema that our schemas use. It is also valid in an OpenAPI document and in a CustomResourceDefinition. */
export interface JsonSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  /** For people: meaning, unit, default. Every field has one. */
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** A schema: any names, values like this. `true`: anything, kept as it is. Absent: only the known names. */
  readonly additionalProperties?: JsonSchema | true;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  /** `duration`: Go's syntax, as `parseDuration` reads it. */
  readonly format?: "duration";
}
