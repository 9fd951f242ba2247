import type { JsonSchema } from "../base/json-schema.ts";

const text: JsonSchema = { type: "string" };
const integer: JsonSchema = { type: "integer" };
const texts: JsonSchema = { type: "array", items: text };
const textMap: JsonSchema = { type: "object", additionalProperties: text };

/** An object of which only these members are looked at. */
function open(properties: Readonly<Record<string, JsonSchema>>, ...required: readonly string[]): JsonSchema {
  return { type: "object", properties, required, additionalProperties: true };
}

function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

const port: JsonSchema = { type: ["integer", "string"] };
const header = open({ name: text, value: text }, "name", "value");
const handlers = {
  httpGet: open({ path: text, port, host: text, scheme: text, httpHeaders: list(header) }),
  tcpSocket: open({ port, host: text }),
  grpc: open({ port: integer, service: text }),
};
const probe = open({ ...handlers, timeoutSeconds: integer });
const handler = open(handlers);

const container = open(
  {
    name: text,
    image: text,
    args: texts,
    command: texts,
    ports: list(open({ containerPort: integer, name: text, protocol: text }, "containerPort")),
    env: list(open({ name: text, value: text }, "name")),
    volumeMounts: list(open({ name: text, mountPath: text }, "name", "mountPath")),
    restartPolicy: text,
    readinessProbe: probe,
    livenessProbe: probe,
    startupProbe: probe,
    lifecycle: open({ postStart: handler, preStop: handler }),
  },
  "name",
);

/** What the types of `pod-spec.ts` say, no more: the rest of a pod is for the API server to judge. */
export const podSchema: JsonSchema = open({
  metadata: open({ name: text, generateName: text, namespace: text, labels: textMap, annotations: textMap }),
  spec: open({
    containers: list(container),
    initContainers: list(container),
    volumes: list(open({ name: text }, "name")),
    hostNetwork: { type: "boolean" },
    serviceAccountName: text,
  }),
});
