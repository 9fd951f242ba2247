import fc from "fast-check";
import type { ContainerSpec, HandlerSpec } from "../../src/core/probe/pod-spec.ts";

const plain = { noNullPrototype: true } as const;
const text = fc.string({ unit: "grapheme", maxLength: 8 });
const portName = fc.constantFrom("http", "web", "grpc", "81");
const port = fc.oneof(fc.integer({ min: -1, max: 65_536 }), portName, fc.constantFrom(80, 8080, 15_020));
const host = fc.constantFrom("", "localhost", "127.0.0.1", "::1", "example.com");
const scheme = fc.constantFrom("HTTP", "HTTPS", "https", "", "ftp");
const headers = fc.array(fc.record({ name: text, value: text }, plain), { maxLength: 2 });
const path = fc.oneof(text, fc.constantFrom("/", "/ready?x=$(POD_NAME)&y=<z>", "/app-health/app/readyz"));
const handlerKinds = {
  httpGet: fc.record({ path, port, host, scheme, httpHeaders: headers }, { ...plain, requiredKeys: ["port"] }),
  tcpSocket: fc.record({ port, host }, { ...plain, requiredKeys: ["port"] }),
  grpc: fc.record({ port: fc.integer({ min: 0, max: 65_536 }), service: text }, { ...plain, requiredKeys: ["port"] }),
  exec: fc.constant({ command: ["true"] }),
};
const oneKind = fc.oneof(...Object.entries(handlerKinds).map(([kind, value]) => (value as fc.Arbitrary<unknown>).map((inner): HandlerSpec => ({ [kind]: inner }))));
const handler: fc.Arbitrary<HandlerSpec> = fc.oneof({ weight: 9, arbitrary: oneKind }, { weight: 1, arbitrary: fc.record(handlerKinds, { ...plain, requiredKeys: [] }) });
const timings = fc.record({ timeoutSeconds: fc.nat({ max: 9 }), periodSeconds: fc.nat({ max: 9 }) }, { ...plain, requiredKeys: [] });
const probe = fc.tuple(handler, timings).map(([asked, times]) => ({ ...asked, ...times }));

/** A container of any name, good or odd, with probes and hooks, right and wrong. */
export const anyContainer = fc.record(
  {
    name: fc.oneof(fc.constantFrom("app", "web", "a?b", "a/b", ".."), fc.string({ unit: "binary", maxLength: 5 })),
    ports: fc.array(fc.record({ name: portName, containerPort: fc.integer({ min: 1, max: 65_535 }) }, plain), { maxLength: 2 }),
    restartPolicy: fc.constant("Always"),
    readinessProbe: probe,
    livenessProbe: probe,
    startupProbe: probe,
    lifecycle: fc.record({ postStart: handler, preStop: handler }, { ...plain, requiredKeys: [] }),
  },
  { ...plain, requiredKeys: ["name"] },
) as fc.Arbitrary<ContainerSpec>;
