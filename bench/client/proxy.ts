import { typeUrls } from "../../src/core/snapshot/snapshot.ts";
import { GrpcStream } from "./grpc-stream.ts";
import { ProxyState, type Wants } from "./proxy-state.ts";
import { encodeDeltaRequest, encodeNode, encodeSotwRequest, fields } from "./requests.ts";
import { readResponse, type Response } from "./responses.ts";

export interface ProxyOptions {
  readonly host: string;
  readonly port: number;
  readonly delta: boolean;
  /** Number of the proxy; the metadata `bench-proxy` carries it, for servers that only replay. */
  readonly index: number;
  readonly nodeId: string;
  readonly cluster: string;
  /** Called after a response was applied and acknowledged. */
  readonly onResponse: (proxy: Proxy, response: Response) => void;
  readonly onEnd: (reason: string) => void;
}

const service = "/envoy.service.discovery.v3.AggregatedDiscoveryService";

/** One proxy's ADS stream: asks, acknowledges and subscribes by name as Envoy does. */
export class Proxy {
  readonly index: number;
  readonly state: ProxyState;
  private readonly options: ProxyOptions;
  private readonly stream: GrpcStream;
  private readonly versions = new Map<string, string>();
  private readonly nonces = new Map<string, string>();
  private readonly names = new Map<string, Buffer>();
  private node: Buffer | undefined;

  constructor(options: ProxyOptions) {
    this.options = options;
    this.index = options.index;
    this.state = new ProxyState(options.delta);
    this.node = encodeNode(options.nodeId, options.cluster);
    this.stream = new GrpcStream({
      host: options.host,
      port: options.port,
      path: `${service}/${options.delta ? "Delta" : "Stream"}AggregatedResources`,
      metadata: new Map([["bench-proxy", String(options.index)]]),
      onEnd: options.onEnd,
      onMessage: (message) => {
        this.take(readResponse(message, options.delta));
      },
    });
    this.subscribe(typeUrls.cluster, [], []);
    this.subscribe(typeUrls.listener, [], []);
  }

  close(): void {
    this.stream.close();
  }

  private take(response: Response): void {
    const { typeUrl, version, nonce } = response;
    this.versions.set(typeUrl, version);
    this.nonces.set(typeUrl, nonce);
    const wants = this.state.apply(response);
    if (this.options.delta) this.stream.send(encodeDeltaRequest({ node: undefined, typeUrl, nonce, subscribe: [], unsubscribe: [] }));
    else this.sendSotw(typeUrl);
    this.follow(typeUrl, wants);
    this.options.onResponse(this, response);
  }

  /** In state of the world, Envoy also asks for the endpoints of clusters that only changed, in a request that looks like an ACK. */
  private follow(typeUrl: string, { endpointsAdded, endpointsGone, routesAdded }: Wants): void {
    const endpointsDiffer = endpointsAdded.length + endpointsGone.length > 0;
    const warms = !this.options.delta && typeUrl === typeUrls.cluster && this.state.endpoints.size > 0;
    if (endpointsDiffer) this.names.set(typeUrls.endpoints, fields(3, this.state.endpoints));
    if (endpointsDiffer || warms) this.subscribe(typeUrls.endpoints, endpointsAdded, endpointsGone);
    if (routesAdded.length === 0) return;
    this.names.set(typeUrls.route, fields(3, this.state.routes));
    this.subscribe(typeUrls.route, routesAdded, []);
  }

  private subscribe(typeUrl: string, subscribe: readonly string[], unsubscribe: readonly string[]): void {
    if (this.options.delta) this.stream.send(encodeDeltaRequest({ node: this.takeNode(), typeUrl, nonce: "", subscribe, unsubscribe }));
    else this.sendSotw(typeUrl);
  }

  private sendSotw(typeUrl: string): void {
    const [version, nonce] = [this.versions.get(typeUrl) ?? "", this.nonces.get(typeUrl) ?? ""];
    this.stream.send(encodeSotwRequest({ node: this.takeNode(), typeUrl, version, nonce, names: this.names.get(typeUrl) ?? noNames }));
  }

  /** Envoy sends its node with the first request of a stream only. */
  private takeNode(): Buffer | undefined {
    const { node } = this;
    this.node = undefined;
    return node;
  }
}

const noNames = Buffer.alloc(0);
