import type { Socket } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext } from "node:tls";
import { type Ending, guarded } from "./exchange.ts";
import type { Question } from "./forwarded-headers.ts";
import { talkHttp1 } from "./http1.ts";
import { talkHttp2 } from "./http2.ts";
import type { Reply } from "./redirect.ts";

/** Of no certificates but the machine's, which nobody looks at: one for all, as to make one takes longer than the rest of a probe. */
let shared: SecureContext | undefined;

/** One request over TLS, in the version of HTTP that the app chooses. Whose certificate it shows is not looked at, as the kubelet does not. */
export function talkTls(socket: Socket, question: Question, ending: Ending<Reply>): void {
  shared ??= createSecureContext();
  const tls = connectTls({ socket, secureContext: shared, rejectUnauthorized: false, ALPNProtocols: ["h2", "http/1.1"] });
  tls.on("error", ending.fail);
  tls.once("secureConnect", () => guarded(ending, () => (tls.alpnProtocol === "h2" ? talkHttp2 : talkHttp1)(tls, question, ending)));
}
