export type JsonTypeName = "object" | "array" | "string" | "integer" | "number" | "boolean";

/** One thing that keywords cannot say, in the words and in the language (CEL) in which Kubernetes' API server refuses it. */
export interface SchemaRule {
  /** True for what is right; `self` is the value that the schema is about. Without a look to the outside: what options change has no rule. */
  readonly rule: string;
  readonly message: string;
  /** The message as an expression, where it tells the value. */
  readonly messageExpression?: string;
  /** The field below that it is about: `.kind`. Default: the value itself. */
  readonly fieldPath?: string;
}

/**
 * What holds in Kubernetes alone. The API server takes no rule whose cost it cannot bound: what rules look at needs a greatest size
 * there. And a `pattern` stands for a rule that would cost too much.
 */
export interface KubernetesKeywords {
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly pattern?: string;
}

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
  /** What the kind's `validate` says as well, for Kubernetes' API server. `checkSchema` passes them over. */
  readonly rules?: readonly SchemaRule[];
  readonly kubernetes?: KubernetesKeywords;
  /** Of a list: the fields that tell its items apart. Kubernetes merges such a list item by item and refuses duplicates; `validate` has to. */
  readonly listMapKeys?: readonly string[];
}
