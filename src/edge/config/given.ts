/** What one place (flags, environment, file) says about options, before any value is looked at. */
export interface Given {
  readonly values: readonly GivenValue[];
  readonly problems: readonly string[];
}

export interface GivenValue {
  /** Name of the option in the table. */
  readonly name: string;
  readonly value: unknown;
  /** How messages call the place: `--store`, `PROBEPLANE_STORE`, `probeplane.yaml: store`. */
  readonly place: string;
}
