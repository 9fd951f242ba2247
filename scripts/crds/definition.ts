import { stringify } from "yaml";
import type { ResourceKindDescriptor } from "../../src/core/model/kind.ts";
import { policyKindNamed, resourceKinds } from "../../src/core/policy/registry.ts";
import { objectStatusSchema, policyStatusSchema } from "../../src/core/status/status-schema.ts";
import { structuralSchema } from "./structural-schema.ts";

const group = "kuma.io";
const version = "v1alpha1";

/** Kinds that are made from Pods, or kept in Kubernetes' own Secrets, have no definition. */
export const definedKinds: readonly ResourceKindDescriptor[] = resourceKinds.filter(({ kind, sensitive }) => sensitive !== true && kind !== "Dataplane");

/** Name of a kind's file in `crds/`. */
export function fileName(kind: ResourceKindDescriptor): string {
  return `${group}_${kind.path}.yaml`;
}

/** The CustomResourceDefinition of a kind, as YAML. */
export function formatDefinition(kind: ResourceKindDescriptor): string {
  const head = "# Generated from the schemas in src/core by `npm run generate`; edit there.\n";
  return `${head}${stringify(definitionOf(kind), { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function definitionOf(kind: ResourceKindDescriptor): Readonly<Record<string, unknown>> {
  const names = {
    kind: kind.kind,
    listKind: `${kind.kind}List`,
    plural: kind.path,
    singular: kind.kind.toLowerCase(),
    shortNames: [kind.shortName],
    categories: ["kuma"],
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.path}.${group}`, labels: { "app.kubernetes.io/part-of": "probeplane" } },
    spec: {
      group,
      scope: kind.scope === "Global" ? "Cluster" : "Namespaced",
      names,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: columnsOf(kind),
          subresources: { status: {} },
          schema: { openAPIV3Schema: objectSchema(kind) },
        },
      ],
    },
  };
}

function objectSchema(kind: ResourceKindDescriptor): Readonly<Record<string, unknown>> {
  const { description, ...spec } = structuralSchema(kind.specSchema);
  const status = policyKindNamed(kind.kind) === undefined ? objectStatusSchema : policyStatusSchema;
  return {
    type: "object",
    description,
    // A Mesh may be empty; whatever else says nothing would do nothing.
    ...(kind.fieldsAtTop ? {} : { required: ["spec"] }),
    properties: {
      apiVersion: { type: "string", description: `Always ${group}/${version}.` },
      kind: { type: "string", description: `Always ${kind.kind}.` },
      metadata: { type: "object" },
      spec: { description: specDescription(kind), ...spec },
      status: structuralSchema(status),
    },
  };
}

function specDescription(kind: ResourceKindDescriptor): string {
  const mesh = kind.scope === "Global" ? "" : " The mesh is that of the label `kuma.io/mesh`; default: `default`.";
  return `What is wanted.${mesh}`;
}

interface Column {
  readonly name: string;
  readonly type: "string" | "date";
  readonly description: string;
  readonly jsonPath: string;
  /** 1: only with `kubectl get -o wide`. */
  readonly priority?: 1;
}

function columnsOf(kind: ResourceKindDescriptor): readonly Column[] {
  const age: Column = { name: "Age", type: "date", description: "Since when it is there.", jsonPath: ".metadata.creationTimestamp" };
  const accepted = conditionColumn("Accepted", "Accepted", "status", "Whether it is valid and in force.");
  if (policyKindNamed(kind.kind) === undefined) return [accepted, age];
  return [
    { name: "Target", type: "string", description: "The proxies that it is for.", jsonPath: ".status.target" },
    { name: "Destinations", type: "string", description: "The services that it says something of.", jsonPath: ".status.destinations" },
    accepted,
    { name: "Programmed", type: "string", description: "How many proxies run with it, of those that need it.", jsonPath: ".status.programmed" },
    { ...conditionColumn("Resolved", "ResolvedRefs", "status", "Whether all that it names is there."), priority: 1 },
    { ...conditionColumn("Message", "Programmed", "message", "What is to be said of the proxies."), priority: 1 },
    age,
  ];
}

function conditionColumn(name: string, type: string, field: "status" | "message", description: string): Column {
  return { name, type: "string", description, jsonPath: `.status.conditions[?(@.type=="${type}")].${field}` };
}
