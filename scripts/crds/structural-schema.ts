import type { JsonSchema, SchemaRule } from "../../src/core/base/json-schema.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A schema of ours as a structural schema of Kubernetes: no defaults (they would change how policies merge), rules as CEL. */
export function structuralSchema(schema: JsonSchema): Fields {
  return {
    ...(schema.description === undefined ? {} : { description: schema.description }),
    ...typeOf(schema),
    ...keywordsOf(schema),
    ...(schema.required === undefined ? {} : { required: schema.required }),
    ...(schema.properties === undefined ? {} : { properties: propertiesOf(schema.properties) }),
    ...(schema.items === undefined ? {} : { items: structuralSchema(schema.items) }),
    ...additionalOf(schema),
    ...(schema.listMapKeys === undefined ? {} : { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": schema.listMapKeys }),
    // The API server drops an empty list, so that each `kubectl apply` would find a change.
    ...(schema.rules === undefined || schema.rules.length === 0 ? {} : { "x-kubernetes-validations": schema.rules.map(ruleOf) }),
  };
}

function propertiesOf(properties: Readonly<Record<string, JsonSchema>>): Fields {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, structuralSchema(field)]));
}

/** `format: duration` stays out: Kubernetes' own reads `3 weeks`, too; a rule says what we read. */
function typeOf({ type }: JsonSchema): Fields {
  if (type === undefined) return { "x-kubernetes-preserve-unknown-fields": true };
  if (typeof type === "string") return { type };
  if (type.length === 2 && type.includes("integer") && type.includes("string")) return { "x-kubernetes-int-or-string": true };
  throw new Error(`a CustomResourceDefinition cannot say: one of the types ${type.join(", ")}`);
}

function keywordsOf({ enum: values, minimum, maximum, minLength, maxLength, maxItems, pattern, kubernetes }: JsonSchema): Fields {
  const all = { enum: values, minimum, maximum, minLength, maxLength, maxItems, pattern, ...kubernetes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function additionalOf({ additionalProperties }: JsonSchema): Fields {
  if (additionalProperties === undefined) return {};
  if (additionalProperties === true) return { "x-kubernetes-preserve-unknown-fields": true };
  return { additionalProperties: structuralSchema(additionalProperties) };
}

function ruleOf({ rule, message, messageExpression, fieldPath }: SchemaRule): Fields {
  return { rule, message, ...(messageExpression === undefined ? {} : { messageExpression }), ...(fieldPath === undefined ? {} : { fieldPath }) };
}
