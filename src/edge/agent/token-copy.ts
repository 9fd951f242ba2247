import { readFile } from "node:fs/promises";
import { tokenSecret } from "../../core/bootstrap/credential.ts";
import type { AgentFolder } from "./agent-folder.ts";
import type { AgentLog } from "./log.ts";

/** The token as Envoy reads it: a copy without line ends, which follows the file that was given. */
export interface TokenCopy {
  /** File for the bootstrap: Envoy's secret discovery, which names the copy. */
  readonly secretPath: string;
  read(): Promise<string>;
  close(): void;
}

const names = { token: "token", secret: "token-secret.json" };
const lookEveryMs = 5_000;

/**
 * Copies the token, and copies it anew when the file has another one: Envoy takes it for its next stream. By looking, not by the
 * system's notifications, which do not come for every kind of file system. @throws when the file cannot be read.
 */
export async function createTokenCopy(tokenFile: string, folder: AgentFolder, logger: AgentLog): Promise<TokenCopy> {
  let last = await readToken(tokenFile);
  await folder.write(names.token, last);
  await folder.write(names.secret, JSON.stringify(tokenSecret(folder.pathOf(names.token))));
  async function follow(): Promise<void> {
    try {
      const token = await readToken(tokenFile);
      if (token === last) return;
      await folder.write(names.token, token);
      last = token;
      logger.info({ tokenFile }, "the token was replaced");
    } catch (error) {
      logger.warn({ tokenFile, err: error }, "cannot read the token; the last one stays");
    }
  }
  const timer = setInterval(() => void follow(), lookEveryMs);
  timer.unref();
  return { secretPath: folder.pathOf(names.secret), read: () => readToken(tokenFile).catch(() => last), close: () => clearInterval(timer) };
}

async function readToken(file: string): Promise<string> {
  const token = (await readFile(file, "utf8")).trim();
  if (token === "") throw new Error(`${file} is empty`);
  if (/\s/.test(token)) throw new Error(`${file} has more in it than a token`);
  return token;
}
