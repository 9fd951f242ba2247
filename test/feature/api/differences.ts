/** Where we answer otherwise than the recorded control plane (Kuma's main branch, before 3.0), and why. */
export interface Difference {
  readonly why: string;
  /** Ours, where it is another one. */
  readonly status?: number;
  /** Ours, where it is another one. */
  readonly contentType?: string;
  /** The text of our body, made from that of the recorded one. */
  readonly ours: (recorded: string) => string;
}

const replace = (from: string | RegExp, to: string) => (recorded: string) => recorded.replaceAll(from, to);
const then = (...steps: readonly ((text: string) => string)[]) => (recorded: string) => steps.reduce((text, step) => step(text), recorded);

const proxyType: Difference = {
  why: "a Dataplane has the label kuma.io/proxy-type, as in Kuma 2.14",
  ours: replace(/( +)("kuma\.io\/origin": "zone",\n)/g, '$1$2$1"kuma.io/proxy-type": "sidecar",\n'),
};

const overview: Difference = {
  why: `${proxyType.why}; the control plane is another one`,
  ours: then(proxyType.ours, replace('"cp-3e19"', '"host-1a2b"')),
};

/** What was said of one field, told in other words. */
function retold(why: string, from: readonly [field: string, reason: string], to: readonly [field: string, reason: string]): Difference {
  const said = ([field, reason]: readonly [string, string], key: string) => `"field": "${field}",\n   "${key}": "${reason}"`;
  return { why, ours: then(...["reason", "message"].map((key) => replace(said(from, key), said(to, key)))) };
}

const noTrafficPath = "spec.to[0].default.noTrafficInterval";
const noTraffic = (interval: string): string =>
  `until the destination has had its first traffic it is checked every 1m0s (noTrafficInterval, the default) instead of every ${interval}`;

/** A write is answered with what may surprise its author. */
function warned(...warnings: readonly string[]): Difference {
  const body = `{\n "warnings": [\n${warnings.map((warning) => `  ${JSON.stringify(warning)}`).join(",\n")}\n ]\n}\n`;
  return { why: "notices are in the reply", ours: () => body };
}

/** A policy that surprises says so for as long as it does. */
function noticed(interval: string): Difference {
  const fields = [`"code": "no-traffic-interval"`, `"path": "${noTrafficPath}"`, `"message": ${JSON.stringify(noTraffic(interval))}`];
  const status = ` "status": {\n  "notices": [\n   {\n${fields.map((field) => `    ${field}`).join(",\n")}\n   }\n  ]\n }\n}\n`;
  return { why: "notices are in the status", ours: (recorded) => recorded.replace(/\n\}\n$/, () => `,\n${status}`) };
}

const providersOfBackend = `{
 "items": [
  {
   "labels": {
    "app": "backend",
    "kuma.io/display-name": "backend-1",
    "kuma.io/env": "universal",
    "kuma.io/mesh": "demo",
    "kuma.io/origin": "zone",
    "kuma.io/proxy-type": "sidecar",
    "kuma.io/zone": "default"
   },
   "mesh": "demo",
   "name": "backend-1",
   "type": "Dataplane"
  }
 ],
 "total": 1
}
`;

const countedStatuses = `       "codecClientType": "HTTP2",
       "retriableStatuses": [
        {
         "start": "100",
         "end": "600"
        }
       ],
`;

export const differences: Readonly<Record<string, Difference>> = {
  "1.1": {
    why: "we say who we are",
    ours: () => `{
 "clusterId": "c0ffee",
 "hostname": "host",
 "instanceId": "host-1a2b",
 "product": "probeplane",
 "version": "1.2.3"
}
`,
  },
  "11.2": proxyType,
  "12.2": {
    why: "what Kuma computes for a MeshService (snis, state, status) is not computed yet: what was written is given back",
    ours: then(
      replace(/ "snis": \[\n[^\]]*\],\n/g, ""),
      replace('"state": "Available"', '"state": "Unavailable"'),
      replace(/,\n "status": \{[^]*\n \}\n\}\n$/g, "\n}\n"),
    ),
  },
  "13.3": warned(`${noTrafficPath}: ${noTraffic("10s")}`),
  "14.2": noticed("10s"),
  "14.3": warned(`${noTrafficPath}: ${noTraffic("20s")}`),
  "15.3": warned(`${noTrafficPath}: ${noTraffic("10s")}`),
  "15.5": warned(`${noTrafficPath}: ${noTraffic("11s")}`),
  "34.2": proxyType,
  "37.2": {
    why: "the mesh `default` has the labels that every other mesh has",
    ours: replace(' "kri": "kri_m____default_"', ' "labels": {\n    "kuma.io/display-name": "default",\n    "kuma.io/origin": "zone"\n   },\n   "kri": "kri_m____default_"'),
  },
  "47.2": overview,
  "55.2": {
    why: "clusters are named by the port's name; a check speaks the HTTP version of the traffic; other statuses count towards the threshold, 200 alone is Envoy's default and not sent; nothing is escaped",
    ours: then(
      replace("backend_80", "backend_http"),
      replace("\\u0026", "&"),
      replace("&kuma.io/zone=default&", "&kuma.io/proxy-type=sidecar&&kuma.io/zone=default&"),
      replace(/,\n +"expectedStatuses": \[[^\]]*\]/g, ""),
      replace('"path": "/health",\n', `"path": "/health",\n${countedStatuses}`),
    ),
  },
  "97.1": proxyType,
  "98.1": {
    why: "Kuma 2.14 serves this, its main branch does not any more; we do",
    status: 200,
    contentType: "application/json",
    ours: () => providersOfBackend,
  },
  "99.1": { why: proxyType.why, ours: (recorded) => recorded.replace(/^( +)("kuma\.io\/origin": "zone",\n)/m, '$1$2$1"kuma.io/proxy-type": "sidecar",\n') },
  "101.1": {
    why: `${proxyType.why}; an inbound is called what its listener is called here`,
    ours: then(proxyType.ours, replace('"self_inbound_dp_http"', '"inbound:127.0.0.3:9000"')),
  },
  "103.1": {
    why: `${overview.why}; streams have no generation`,
    ours: then(overview.ours, replace(/,\n +"generation": 1/g, "")),
  },
  "107.1": {
    why: "secrets are where Kuma 2.14 has them, and every kind has a short name",
    ours: then(replace('"path": "globalsecrets"', '"path": "global-secrets"'), replace(/("path": "global-secrets",[^}]*"shortName": )""/g, '$1"gsec"')),
  },
  "75.1": retold(
    "the older top level kinds are served, so that the list of what is allowed would be another; MeshGateway is refused by name",
    ["spec.targetRef.kind", "in body should be one of [Mesh Dataplane]"],
    ["spec.targetRef.kind", "value 'MeshGateway' is not supported: builtin gateways are not served"],
  ),
  "76.1": retold(
    "a MeshService can be named, too: the text is that of Kuma 2.14",
    ["spec.to[0].targetRef.labels", "must be set when kind is MeshService"],
    ["spec.to[0].targetRef", "name or labels must be set when kind is MeshService"],
  ),
  "78.1": {
    why: "the field of the duration is named as well, and whatever else is wrong",
    ours: (recorded) => {
      const [field, reason] = ["spec.to[0].default.interval", 'time: unknown unit " parsecs" in duration "5 parsecs"'];
      const list = (name: string, key: string) => ` "${name}": [\n  {\n   "field": "${field}",\n   "${key}": ${JSON.stringify(reason)}\n  }\n ]`;
      const details = /( "details": .*)\n/.exec(recorded)?.[1] ?? "";
      return recorded.replace(details, () => `${list("invalid_parameters", "reason")},\n${details},\n${list("causes", "message")}`);
    },
  },
  "79.1": warned("spec.foo: unknown field, ignored", `${noTrafficPath}: ${noTraffic("5s")}`),
  "90.1": noticed("11s"),
};
