import { envPrefix } from "./option.ts";

/** Variables that commands read, most of them those which ask the API; `run` leaves them alone. */
export const clientEnv = {
  context: `${envPrefix}CONTEXT`,
  address: `${envPrefix}ADDRESS`,
  token: `${envPrefix}TOKEN`,
  tokenFile: `${envPrefix}TOKEN_FILE`,
  caCertFile: `${envPrefix}CA_CERT_FILE`,
  mesh: `${envPrefix}MESH`,
  storePassphrase: `${envPrefix}STORE_PASSPHRASE`,
} as const;
