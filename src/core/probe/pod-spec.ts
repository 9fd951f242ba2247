/**
 * A pod as an author writes it, or as a template of a workload holds it: before it runs. Only what somebody here reads has a type;
 * what nobody reads is there all the same and is kept. Values come from `readPodTemplate`, so that the types are true.
 */
export interface PodTemplate {
  readonly metadata?: PodMetadata;
  readonly spec?: PodTemplateSpec;
  readonly [member: string]: unknown;
}

export interface PodMetadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

export interface PodTemplateSpec {
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly VolumeSpec[];
  readonly hostNetwork?: boolean;
  readonly serviceAccountName?: string;
  readonly [member: string]: unknown;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly command?: readonly string[];
  readonly ports?: readonly ContainerPortSpec[];
  readonly env?: readonly EnvVarSpec[];
  readonly volumeMounts?: readonly VolumeMountSpec[];
  /** `Always` on an init container: it runs beside the others, as a sidecar does. */
  readonly restartPolicy?: string;
  readonly readinessProbe?: ProbeSpec;
  readonly livenessProbe?: ProbeSpec;
  readonly startupProbe?: ProbeSpec;
  readonly lifecycle?: LifecycleSpec;
  readonly [member: string]: unknown;
}

export interface ContainerPortSpec {
  readonly containerPort: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly [member: string]: unknown;
}

export interface EnvVarSpec {
  readonly name: string;
  readonly value?: string;
  /** Where the value comes from instead. */
  readonly valueFrom?: unknown;
  readonly [member: string]: unknown;
}

export interface VolumeSpec {
  readonly name: string;
  readonly [member: string]: unknown;
}

export interface VolumeMountSpec {
  readonly name: string;
  readonly mountPath: string;
  readonly [member: string]: unknown;
}

export interface LifecycleSpec {
  readonly postStart?: HandlerSpec;
  readonly preStop?: HandlerSpec;
  readonly [member: string]: unknown;
}

/** What the kubelet does for a probe or a hook; a right one has one member of these. */
export interface HandlerSpec {
  readonly httpGet?: HttpGetSpec;
  readonly tcpSocket?: TcpSocketSpec;
  readonly grpc?: GrpcSpec;
  readonly exec?: unknown;
  readonly sleep?: unknown;
  readonly [member: string]: unknown;
}

export interface ProbeSpec extends HandlerSpec {
  /** Seconds; the kubelet takes 1 when it is absent. */
  readonly timeoutSeconds?: number;
}

export interface HttpGetSpec {
  readonly path?: string;
  /** A number, or the name of a port of the same container. */
  readonly port?: number | string;
  readonly host?: string;
  readonly scheme?: string;
  readonly httpHeaders?: readonly HttpHeaderSpec[];
  readonly [member: string]: unknown;
}

export interface HttpHeaderSpec {
  readonly name: string;
  readonly value: string;
  readonly [member: string]: unknown;
}

export interface TcpSocketSpec {
  readonly port?: number | string;
  readonly host?: string;
  readonly [member: string]: unknown;
}

export interface GrpcSpec {
  readonly port?: number;
  readonly service?: string;
  readonly [member: string]: unknown;
}
