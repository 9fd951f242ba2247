export interface ToolOptions {
  /** Written to its standard input. */
  readonly stdin?: string;
  /** Path of a kubeconfig file. */
  readonly kubeconfig?: string;
  /** Default namespace, as by `--namespace`. */
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A status other than 0 is an answer, no error. */
  readonly mayFail?: boolean;
}

/** What a command said. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}
