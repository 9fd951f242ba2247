import { envPrefix } from "./option.ts";

/** Variables that commands which ask the API read; `run` leaves them alone. */
export const clientEnv = {
  context: `${envPrefix}CONTEXT`,
  address: `${envPrefix}ADDRESS`,
  token: `${envPrefix}TOKEN`,
  tokenFile: `${envPrefix}TOKEN_FILE`,
  caCertFile: `${envPrefix}CA_CERT_FILE`,
  mesh: `${envPrefix}MESH`,
} as const;
