import fc from "fast-check";
import type {
  CapturePlan,
  DestinationPlan,
  EndpointsPlan,
  ExternalPlan,
  HealthCheckPlan,
  HttpCheckPlan,
  InboundPlan,
  OutboundPlan,
  PanicPlan,
  Protocol,
  ProxyPlan,
} from "../../src/core/model/plan.ts";

/** An HTTP check with the documented defaults; `over` replaces fields. */
export function httpCheck(over: Partial<HttpCheckPlan> = {}): HttpCheckPlan {
  const defaults = { path: "/", httpVersion: 2, expectedStatuses: [200], otherStatuses: "count-to-threshold", addHeaders: [], setHeaders: [] } as const;
  return { kind: "http", ...defaults, ...over };
}

/** A check with the documented defaults; `over` replaces fields. */
export function healthCheckPlan(over: Partial<HealthCheckPlan> = {}): HealthCheckPlan {
  return {
    intervalMs: 60_000,
    timeoutMs: 15_000,
    unhealthyThreshold: 5,
    healthyThreshold: 1,
    noTrafficIntervalMs: 60_000,
    alwaysLogHealthCheckFailures: false,
    reuseConnection: true,
    check: httpCheck(),
    ...over,
  };
}

/** A destination for http with one endpoint and no check; `over` replaces fields. */
export function destinationPlan(over: Partial<DestinationPlan> = {}): DestinationPlan {
  return {
    name: "backend",
    displayName: "backend",
    protocol: "http",
    httpVersion: 2,
    endpoints: { endpoints: [{ address: "192.168.0.2", port: 80 }] },
    decidedBy: {},
    ...over,
  };
}

export function inboundPlan(over: Partial<InboundPlan> = {}): InboundPlan {
  return { listenAddress: "192.168.0.1", listenPort: 80, appAddress: "127.0.0.1", appPort: 8080, protocol: "http", ...over };
}

/** A proxy `web` with one inbound and an outbound on ports from 10001 for each destination; `over` replaces fields. */
export function proxyPlan(destinations: readonly DestinationPlan[], over: Partial<ProxyPlan> = {}): ProxyPlan {
  const outbounds = destinations.map((destination, i) => ({ listenAddress: "127.0.0.1", listenPort: 10_001 + i, destination }));
  return {
    mesh: "default",
    proxy: "web",
    senderTags: "&kuma.io/service=web&",
    inbounds: [inboundPlan()],
    outbounds,
    destinations,
    notices: [],
    ...over,
  };
}

const ms = fc.integer({ min: 1, max: 10_000_000 }).map((us) => us / 1000);
const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("app.internal", "localhost"));
const port = fc.integer({ min: 1, max: 65_535 });
const text = fc.string({ minLength: 1, maxLength: 200 });
const hex = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
const header = fc.record({ name: fc.constantFrom("x-a", "x-b", "host"), value: fc.constantFrom("", "one", "100%", "a b") });

const check: fc.Arbitrary<HealthCheckPlan["check"]> = fc.oneof(
  fc.record({
    kind: fc.constant("http" as const),
    path: text,
    httpVersion: fc.constantFrom(1 as const, 2 as const),
    expectedStatuses: fc.array(fc.integer({ min: 100, max: 599 }), { minLength: 1, maxLength: 3 }),
    otherStatuses: fc.constantFrom("count-to-threshold" as const, "eject-at-once" as const),
    addHeaders: fc.array(header, { maxLength: 3 }),
    setHeaders: fc.array(header, { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("tcp" as const), sendHex: hex, receiveHex: fc.array(hex, { maxLength: 2 }) }, { requiredKeys: ["kind", "receiveHex"] }),
  fc.record({ kind: fc.constant("grpc" as const), serviceName: fc.string(), authority: fc.string() }),
);

const healthCheck: fc.Arbitrary<HealthCheckPlan> = fc.record(
  {
    intervalMs: ms,
    timeoutMs: ms,
    unhealthyThreshold: fc.integer({ min: 1, max: 1000 }),
    healthyThreshold: fc.integer({ min: 1, max: 1000 }),
    noTrafficIntervalMs: fc.oneof(fc.constant(60_000), ms),
    initialJitterMs: ms,
    intervalJitterMs: ms,
    intervalJitterPercent: fc.integer({ min: 0, max: 100 }),
    eventLogPath: fc.constant("/tmp/health.log"),
    alwaysLogHealthCheckFailures: fc.boolean(),
    reuseConnection: fc.boolean(),
    check,
  },
  {
    requiredKeys: [
      "intervalMs", "timeoutMs", "unhealthyThreshold", "healthyThreshold", "noTrafficIntervalMs", "alwaysLogHealthCheckFailures", "reuseConnection", "check",
    ],
  },
);

const panic: fc.Arbitrary<PanicPlan> = fc.record(
  { thresholdPercent: fc.constantFrom(0, 50, 62.9, 100), failTraffic: fc.boolean() },
  { requiredKeys: [] },
);

const external: fc.Arbitrary<ExternalPlan> = fc.record(
  {
    service: fc.constantFrom("shop", "api"),
    tls: fc.record(
      {
        minVersion: fc.constantFrom("1.0" as const, "1.2" as const),
        maxVersion: fc.constantFrom("1.2" as const, "1.3" as const),
        allowRenegotiation: fc.boolean(),
        serverName: fc.domain(),
        verify: fc.constantFrom("ca-and-name" as const, "ca" as const, "nothing" as const),
        trustedCa: text,
        names: fc.array(fc.record({ match: fc.constantFrom("exact" as const, "prefix" as const), value: text }), { minLength: 1, maxLength: 3 }),
        client: fc.record({ certificateChain: text, privateKey: text }),
      },
      { requiredKeys: ["minVersion", "maxVersion", "allowRenegotiation", "verify"] },
    ),
  },
  { requiredKeys: ["service"] },
);

const endpoints: fc.Arbitrary<EndpointsPlan> = fc.record({ endpoints: fc.array(fc.record({ address, port }), { maxLength: 4 }) });
const protocol: fc.Arbitrary<Protocol> = fc.constantFrom("http", "http2", "grpc", "tcp", "tls", "kafka", "mysql", "unknown");
const decision = fc.record({ policy: fc.constantFrom("first", "second"), item: fc.constantFrom("to[0]", "to[1]") });

const destination: fc.Arbitrary<DestinationPlan> = fc
  .record(
    {
      name: fc.constantFrom("backend", "cache", "payment", "kri_msvc_default_default__backend_80", "with%percent"),
      displayName: text,
      protocol,
      httpVersion: fc.constantFrom(1 as const, 2 as const),
      external,
      endpoints,
      healthCheck,
      panic,
      decidedBy: fc.record({ MeshHealthCheck: fc.dictionary(fc.constantFrom("interval", "http.path", "tcp"), decision, { minKeys: 1 }) }, { requiredKeys: [] }),
    },
    { requiredKeys: ["name", "displayName", "protocol", "endpoints", "decidedBy"] },
  );

const inbound: fc.Arbitrary<InboundPlan> = fc.record({
  listenAddress: address,
  listenPort: port,
  appAddress: fc.oneof(fc.constant("127.0.0.1"), address),
  appPort: fc.constantFrom(8080, 9090),
  protocol,
});

const capture: fc.Arbitrary<CapturePlan> = fc.record(
  {
    inboundPort: fc.constant(15_006),
    outboundPort: fc.constantFrom(15_001, 15_002),
    families: fc.constantFrom<CapturePlan["families"]>(["IPv4"], ["IPv6"], ["IPv4", "IPv6"]),
    passthrough: fc.boolean(),
  },
  { requiredKeys: ["families", "passthrough"] },
).filter(({ inboundPort, outboundPort }) => inboundPort !== undefined || outboundPort !== undefined);

/** Plans of every kind that a planner can make: destinations sorted and each once, outbounds to any of them. */
export const anyProxyPlan: fc.Arbitrary<ProxyPlan> = fc
  .record({
    destinations: fc.uniqueArray(destination, { selector: ({ name }) => name, maxLength: 5 }),
    inbounds: fc.uniqueArray(inbound, { selector: ({ listenAddress, listenPort }) => `${listenAddress} ${listenPort}`, maxLength: 3 }),
    senderTags: fc.constantFrom("", "&kuma.io/service=web&", "&kuma.io/service=web&&share=100%&", `&long=${"x".repeat(300)}&`),
    captured: fc.option(capture, { nil: undefined }),
  })
  .map(({ destinations, inbounds, senderTags, captured }) => {
    const sorted = destinations.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const plan = proxyPlan(sorted, { inbounds, senderTags, outbounds: outboundsTo(sorted) });
    return captured === undefined ? plan : withCapture(plan, captured);
  });

/** The first inbound is where a service without VIPs is called as well. */
function withCapture(plan: ProxyPlan, captured: CapturePlan): ProxyPlan {
  const inbounds = plan.inbounds.map((one, i) => ({ ...one, ...(captured.inboundPort !== undefined && { captured: true as const }), ...(i === 0 && { listenAddress: "::1", listenPort: 10_001 }) }));
  const outbounds = plan.outbounds.map((one) => ({ ...one, ...(captured.outboundPort !== undefined && one.listenAddress === "::1" && { captured: true as const }) }));
  return { ...plan, inbounds, outbounds, capture: captured };
}

function outboundsTo(destinations: readonly DestinationPlan[]): OutboundPlan[] {
  return destinations.flatMap((to, i) => [
    { listenAddress: "127.0.0.1", listenPort: 10_001 + i, destination: to },
    { listenAddress: "::1", listenPort: 10_001 + i, destination: to },
  ]);
}

/** One edit of a plan, of the kinds that an edit of resources has: who asks, what kind of traffic, what is checked, what it is called, where. */
export const anyPlanEdit: fc.Arbitrary<(plan: ProxyPlan) => ProxyPlan> = fc.oneof(
  fc.constantFrom("", "&other=sender&").map((senderTags) => (plan: ProxyPlan) => ({ ...plan, senderTags })),
  protocol.map((to) => (plan: ProxyPlan) => editDestinations(plan, (one) => ({ ...one, protocol: to }))),
  protocol.map((to) => (plan: ProxyPlan) => ({ ...plan, inbounds: plan.inbounds.map((one) => ({ ...one, protocol: to })) })),
  healthCheck.map((edited) => (plan: ProxyPlan) => editDestinations(plan, (one) => ({ ...one, healthCheck: edited }))),
  fc.tuple(endpoints, fc.nat(5)).map(([edited, last]) => (plan: ProxyPlan) => editDestinations(plan, (one, i) => (i <= last ? { ...one, endpoints: edited } : one))),
  decision.map((decided) => (plan: ProxyPlan) => editDestinations(plan, (one, i) => (i === 0 ? { ...one, decidedBy: { MeshHealthCheck: { interval: decided } } } : one))),
  fc.constant((plan: ProxyPlan) => editDestinations(plan, (one) => ({ ...one, name: `${one.name}-2` }))),
  fc.constant((plan: ProxyPlan) => ({ ...plan, outbounds: plan.outbounds.map((one) => ({ ...one, listenPort: one.listenPort + 100 })) })),
  fc.constant((plan: ProxyPlan) => ({ ...plan, outbounds: plan.outbounds.map((one) => ({ ...one, listenAddress: "127.0.0.3" })) })),
  fc.constant(({ capture: captured, ...plan }: ProxyPlan) => (captured === undefined ? plan : { ...plan, capture: { ...captured, passthrough: !captured.passthrough } })),
  fc.constant((plan: ProxyPlan) => ({ ...plan })),
);

function editDestinations(plan: ProxyPlan, edit: (destination: DestinationPlan, i: number) => DestinationPlan): ProxyPlan {
  const edited = new Map(plan.destinations.map((one, i) => [one, edit(one, i)]));
  const outbounds = plan.outbounds.map((one) => ({ ...one, destination: edited.get(one.destination) ?? one.destination }));
  return { ...plan, destinations: [...edited.values()], outbounds };
}
