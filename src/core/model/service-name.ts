/** The parts of a service name that was derived from a Kubernetes Service: `<service>_<namespace>_svc_<port>`, or without the port. */
export interface DerivedServiceName {
  readonly service: string;
  readonly namespace: string;
  readonly port?: number;
}

const derivedName = /^([^_]+)_([^_]+)_svc(?:_(\d{1,5}))?$/;

/** Reads a derived service name; undefined for every other name, which then simply is what it is. */
export function parseServiceName(text: string): DerivedServiceName | undefined {
  const [, service, namespace, port] = derivedName.exec(text) ?? [];
  if (service === undefined || namespace === undefined) return undefined;
  return { service, namespace, ...(port === undefined ? {} : { port: Number(port) }) };
}

/** The names under which people look for a service: the tag's value, and the bare Service name in a derived one. */
export function serviceLookupNames(tagValue: string): readonly string[] {
  const bare = bareServiceName(tagValue);
  return bare === tagValue ? [tagValue] : [tagValue, bare];
}

/** The Service's own name in a derived name; any other name as it is. */
export function bareServiceName(text: string): string {
  return parseServiceName(text)?.service ?? text;
}
