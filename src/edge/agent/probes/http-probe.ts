import type { HttpGetProber } from "../../../core/probe/prober.ts";
import type { Dialer } from "./dialer.ts";
import { exchange } from "./exchange.ts";
import { forwardedHeaders, forwardedHost, type Question } from "./forwarded-headers.ts";
import { talkHttp1 } from "./http1.ts";
import type { Patience } from "./patience.ts";
import type { ProbeAnswer, ProbeRequest } from "./probe-answer.ts";
import { followRedirect, type Reply, urlHost } from "./redirect.ts";
import { requestTarget } from "./request-target.ts";
import { talkTls } from "./tls.ts";

const maxRedirects = 10;

/**
 * Asks the app what the kubelet asked, by GET, and follows redirects that stay with the pod. A redirect that ends there is a success, as
 * it is for the kubelet. @throws when there is no whole answer.
 */
export async function probeHttp(prober: HttpGetProber, request: ProbeRequest, ownPort: number, dialer: Dialer, patience: Patience): Promise<ProbeAnswer> {
  let question = questionOf(prober, request, ownPort, dialer.host);
  for (let followed = 0; ; followed++) {
    // It would ask itself, over and over.
    if (question.port === ownPort) throw new Error(`port ${ownPort} is the agent's own`);
    const reply = await askApp(question, dialer, patience);
    const next = followRedirect(reply, question, dialer.host);
    if (next === undefined) return answerOf(reply.status);
    if (followed === maxRedirects - 1) throw new Error(`stopped after ${maxRedirects} redirects`);
    question = next;
  }
}

function questionOf({ scheme = "HTTP", port, path = "/" }: HttpGetProber, { rawHeaders }: ProbeRequest, ownPort: number, host: string): Question {
  return {
    scheme: scheme.toUpperCase() === "HTTPS" ? "https" : "http",
    port,
    target: requestTarget(path),
    host: forwardedHost(rawHeaders, ownPort, port, `${urlHost(host)}:${port}`),
    headers: forwardedHeaders(rawHeaders),
  };
}

function askApp(question: Question, dialer: Dialer, patience: Patience): Promise<Reply> {
  return exchange<Reply>(dialer, question.port, patience, (socket, ending) => {
    if (question.scheme === "https") talkTls(socket, question, ending);
    else talkHttp1(socket, question, ending);
  });
}

function answerOf(status: number): ProbeAnswer {
  if (status >= 300 && status < 400) return { status: 200 };
  return { status, ...(status < 400 ? {} : { reason: `the app answers ${status}` }) };
}
