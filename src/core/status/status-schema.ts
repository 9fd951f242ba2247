import type { JsonSchema } from "../base/json-schema.ts";

const text = (description: string): JsonSchema => ({ type: "string", description });
const count = (description: string): JsonSchema => ({ type: "integer", minimum: 0, description });

const condition: JsonSchema = {
  type: "object",
  description: "Whether something holds, and since when.",
  required: ["type", "status", "reason", "message", "lastTransitionTime"],
  properties: {
    type: text("`Accepted`, `ResolvedRefs` or `Programmed`."),
    status: { type: "string", enum: ["True", "False", "Unknown"], description: "Whether it holds." },
    reason: text("Why, in one word that stays the same."),
    message: text("Why, for people."),
    lastTransitionTime: text("When the status became what it is (RFC 3339)."),
    observedGeneration: count("The generation of the object that it is about."),
  },
};

const common: Readonly<Record<string, JsonSchema>> = {
  observedGeneration: count("The generation of the object that all of this is about."),
  conditions: { type: "array", items: condition, listMapKeys: ["type"], description: "Each type once." },
};

/** Status of objects that are no policies: whether they are valid. */
export const objectStatusSchema: JsonSchema = {
  type: "object",
  description: "What the control plane has to say about it. Written by the control plane alone.",
  properties: common,
};

/** Status of policies. A list map by `type` are the conditions. */
export const policyStatusSchema: JsonSchema = {
  type: "object",
  description: "Who runs with it, and what the control plane has to say about it. Written by the control plane alone.",
  properties: {
    ...common,
    target: text("Whom it is for, in a few words."),
    destinations: text("What its `to` items name, in a few words."),
    programmed: text("How many proxies run with it, of those that need it: `2/3`."),
    proxies: {
      type: "object",
      description: "Connected proxies. One that has nothing of this policy in its configuration does not count.",
      properties: {
        needing: count("Have something of it in their configuration."),
        programmed: count("Run with it."),
        pending: count("Have not answered yet."),
        rejecting: count("Refuse what it makes; the condition `Programmed` has their text."),
      },
    },
    to: {
      type: "array",
      description: "What each `to` item means at present, in their order.",
      items: {
        type: "object",
        description: "One `to` item.",
        properties: {
          target: text("What the item names."),
          count: count("How many services that is; a port of a service counts for itself."),
          resolved: { type: "array", items: text("A service with its port."), description: "These services, when they are few." },
        },
      },
    },
  },
};
