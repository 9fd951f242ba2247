import { kubernetesOptions } from "./kubernetes-options.ts";
import type { Option } from "./option.ts";

/**
 * Every option of `probeplane run`: the one table from which flags, environment variables, the configuration file, `--help` and
 * the reference page come. A dot in a name is a level in the file.
 */
export const options = {
  environment: {
    type: "enum",
    values: ["universal", "kubernetes"],
    default: "universal",
    doc: "Where resources and proxies are: in a store of the control plane's own, or in a Kubernetes cluster, whose pods and services become Dataplanes and MeshServices, and whose API server keeps the policies.",
  },
  store: {
    type: "enum",
    in: "universal",
    values: ["sqlite", "postgres", "memory", "file"],
    default: "sqlite",
    doc: "Where resources are kept: in a file of the data directory, in a PostgreSQL database that several control planes can share, only in memory, or in a folder of YAML files that somebody else writes.",
  },
  dataDir: {
    type: "path",
    in: "universal",
    default: { from: "state-home" },
    doc: "Folder of the store `sqlite`, of the keys of the store `file`, and of the control plane's own certificates. Made when it is not there; used by one process at a time.",
  },
  postgresUrl: {
    type: "postgres-url",
    in: "universal",
    default: undefined,
    doc: "Database of the store `postgres`: `postgres://user:password@host:5432/database?sslmode=verify-full`. Others on this machine can see the password in a flag: give it in the environment variable or the configuration file, or leave it out and use PGPASSWORD or ~/.pgpass. `sslmode` is libpq's, with `sslrootcert`, `sslcert` and `sslkey`.",
  },
  postgresTimeout: {
    type: "duration",
    in: "universal",
    default: "5s",
    doc: "How long connecting to the database may take, and a transaction; what takes longer fails, and the store is called unavailable.",
  },
  postgresResync: {
    type: "duration",
    in: "universal",
    default: "30s",
    doc: "How often the database is asked for changes of which no notification came.",
  },
  resourcesDir: {
    type: "path",
    in: "universal",
    default: undefined,
    doc: "Folder of the store `file`: its .yaml, .yml and .json files and those of its subfolders are read and watched.",
  },
  apiListen: {
    type: "address",
    default: "127.0.0.1:5681",
    doc: "Where the HTTP API listens, without TLS. Port 0 takes any free port, here and below.",
  },
  "api.tlsListen": { type: "address", default: "127.0.0.1:5682", doc: "Where the HTTP API listens with TLS: what other machines may use." },
  "api.tlsCert": {
    type: "file",
    default: undefined,
    doc: "Certificate of the HTTP API, with its chain, as PEM; read again when it changes. Default: that of the xDS server.",
  },
  "api.tlsKey": { type: "file", default: undefined, doc: "Key of that certificate, as PEM." },
  "api.loopbackIsAdmin": {
    type: "switch",
    default: true,
    doc: "Whether who asks the HTTP API from this machine without a token is the administrator. Turn it off where others have accounts on this machine, or where a proxy in front passes requests on.",
  },
  xdsListen: { type: "address", default: "127.0.0.1:5678", doc: "Where Envoys connect: ADS over gRPC, and bootstraps, with TLS." },
  "xds.tlsCert": {
    type: "file",
    default: undefined,
    doc: "Certificate of the xDS server, with its chain, as PEM; read again when it changes. Default: one that is signed by an authority of the control plane's own, both made in the data directory at the first start.",
  },
  "xds.tlsKey": { type: "file", default: undefined, doc: "Key of that certificate, as PEM." },
  "xds.tlsCa": {
    type: "file",
    default: undefined,
    doc: "Authority that proxies are told to trust, as PEM, where the certificate is given. Default: the last certificate of its chain.",
  },
  "tls.names": {
    type: "names",
    default: "",
    doc: "Host names and addresses by which other machines know this one, for the control plane's own certificate. It always has localhost, 127.0.0.1, ::1, the name of the machine and the addresses to listen on.",
  },
  diagnosticsListen: { type: "address", default: "127.0.0.1:5680", doc: "Where /healthy, /ready and /metrics are served." },
  logLevel: {
    type: "levels",
    default: "info",
    doc: "How much is logged: trace, debug, info, warn, error or silent; for single components besides, as in `info,xds=debug`.",
  },
  logFormat: { type: "enum", values: ["json", "text"], default: "json", doc: "Form of the log on standard error: JSON lines, or lines for people." },
  quietTime: {
    type: "duration",
    default: "5ms",
    doc: "How long the store has to be quiet before a change is pushed, so that changes made together go together.",
  },
  "mtls.announceTime": {
    type: "duration",
    default: "10m0s",
    doc: "How long another CA of a mesh is trusted before it signs. Proxies that are not connected in that time do not hear of it, and refuse the new certificates of others until they are.",
  },
  maxDelay: { type: "duration", default: "100ms", doc: "How long changes that keep coming may put a push off." },
  drainGrace: { type: "duration", default: "5s", doc: "How long open streams and requests may take to end on SIGTERM." },
  maxConnections: { type: "count", default: 10_000, doc: "How many connections of Envoys are served at once; what comes on top is refused." },
  maxBodySize: { type: "size", default: "1MiB", doc: "Largest body of an API request: bytes, or with KiB or MiB." },
  "api.maxConnections": { type: "count", default: 10_000, doc: "How many connections to the HTTP API there may be at once; what comes on top is closed." },
  "api.maxRequestsPerSecond": {
    type: "count",
    default: 5_000,
    doc: "How many requests to the HTTP API one address may make in a second; more are answered with 429.",
  },
  "api.requestTimeout": {
    type: "duration",
    default: "30s",
    doc: "How long a request to the HTTP API may take to arrive whole. A connection on which nothing moves for twice that is closed, also when its client does not read.",
  },
  "xds.firstRequestTimeout": {
    type: "duration",
    default: "10s",
    doc: "How long a connection of a proxy may take for its TLS handshake, and a stream to say whose it is.",
  },
  "xds.idleTimeout": { type: "duration", default: "1m0s", doc: "How long a connection of a proxy may have no stream." },
  "xds.sendTimeout": {
    type: "duration",
    default: "1m0s",
    doc: "How long a proxy may read nothing of what it is sent; then its connection is closed. It costs little until then, and holds up nobody.",
  },
  "xds.maxRequestsPerSecond": {
    type: "count",
    default: 1_000,
    doc: "How many requests of one stream are read in a second; a proxy that keeps sending more for half a minute is closed.",
  },
  "xds.maxRequestSize": { type: "size", default: "4MiB", doc: "Largest request of a proxy." },
  "api.answerAsKuma": {
    type: "version",
    default: undefined,
    doc: "Version of Kuma, such as 2.14.0, as which `GET /` answers, so that a kumactl of that version prints no warning. Default: the truth.",
  },
  "directDataplanes.removeAfter": {
    type: "duration",
    in: "universal",
    default: "10s",
    doc: "How long a Dataplane that came with its proxy stays after the proxy disconnected from every control plane. One that was written through the API stays.",
  },
  "bootstrap.reloadableTokens": {
    type: "switch",
    default: false,
    doc: "Has the Envoys of kuma-dp read their token from its file (over Google's gRPC client, which asks again up to 30s later) instead of having it in their bootstrap. `probeplane proxy` does so by itself. On Kubernetes always: tokens of pods last an hour.",
  },
  ...kubernetesOptions,
  "compatibility.tcpPayload": {
    type: "enum",
    values: ["base64", "text"],
    default: "base64",
    doc: "How `tcp.send` and `tcp.receive` of a MeshHealthCheck are read: as Base64, as documented, or as the text itself, as Kuma does.",
  },
  "compatibility.httpStatusThreshold": {
    type: "enum",
    values: ["count", "first-failure"],
    default: "count",
    doc: "Whether an unexpected HTTP status counts towards `unhealthyThreshold`, as documented, or ejects at once, as Envoy does by itself.",
  },
  "retries.default": {
    type: "enum",
    values: ["by-method", "all-methods", "none"],
    default: "by-method",
    doc: "Retries of requests where no MeshRetry says otherwise. `by-method`: those of idempotent methods are tried again after resets and 503s as well, all others only when the app has not begun with them. `all-methods`: every request is tried again after a 503. `none`: nothing is tried again.",
  },
  "insecure.apiPlaintext": {
    type: "switch",
    default: false,
    doc: "Lets the HTTP API without TLS listen off loopback, where tokens and all that is read and written can be overheard and changed on the way. It asks for tokens all the same.",
  },
  "insecure.xdsPlaintext": {
    type: "switch",
    default: false,
    doc: "Serves proxies without TLS: tokens and configurations can be overheard and changed on the way.",
  },
  "insecure.noDataplaneTokens": {
    type: "switch",
    default: false,
    doc: "Serves proxies without a token: whoever reaches the port may read every proxy's configuration.",
  },
} as const satisfies Readonly<Record<string, Option>>;
