import { createServer, type Server } from "node:https";
import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { answerReview, type Judgement } from "../../core/kubernetes/admission/answer-review.ts";
import { judgeObject, type JudgeOptions } from "../../core/kubernetes/admission/judge-object.ts";
import { readReview, type AskedObject } from "../../core/kubernetes/admission/read-review.ts";
import { CannotAnswer } from "./cannot-answer.ts";
import { injectAsked, type InjectorOptions } from "./inject-asked.ts";

/** A certificate that may be replaced while it is in use. */
export interface CertificateSource {
  readonly current: { readonly cert: string; readonly key: string };
  /** Called with each later one. Gives back how to be called no more. */
  onChange(listener: (certificate: { readonly cert: string; readonly key: string }) => void): () => void;
}

export interface AdmissionServerOptions extends JudgeOptions {
  readonly certificate: CertificateSource;
  readonly logger: {
    debug(fields: object, message: string): void;
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Told of each answer. */
  readonly counts?: { answered(kind: string, outcome: AdmissionOutcome): void };
  /** What the injector knows; absent: there is none. */
  readonly injector?: InjectorOptions;
}

/** Of what is validated `allowed`, `warned` and `refused`; of pods `injected`, `left` and `refused`. */
export type AdmissionOutcome = "allowed" | "warned" | "injected" | "left" | "refused" | "failed";

/** The path under which the API server asks whether an object is valid. */
export const validatePath = "/validate";
/** The path under which it asks what a pod is to become. */
export const injectPath = "/inject";

/** An AdmissionReview has an object twice, and etcd takes none of more than 1.5 MiB. */
const bodyLimitBytes = 8 * 1024 * 1024;
/** The API server waits for 30 seconds at most. */
const requestMs = 30_000;
/** Only API servers ask, a handful of them. */
const maxConnections = 200;

/** What was found about an object, and what to call it in logs and metrics. */
type Answer = Judgement & { readonly outcome: AdmissionOutcome; readonly reason?: string };

/**
 * The webhooks: HTTPS, AdmissionReviews of admission.k8s.io/v1; `/validate` judges objects of ours, `/inject` gives pods their sidecars. It
 * answers whoever asks, as the API server shows no certificate unless it is set up to: what can be learned so is whether an object is
 * valid, the notices about it, and what a sidecar is made of, which every pod shows. Constructing it does no I/O; `close` waits for what is under way.
 */
export function createAdmissionServer(options: AdmissionServerOptions): FastifyInstance {
  const { certificate, logger, injector } = options;
  const settings = { minVersion: "TLSv1.2" } as const;
  const { cert, key } = certificate.current;
  const app = fastify({
    serverFactory: (handler): Server => createServer({ ...settings, cert, key, headersTimeout: requestMs, requestTimeout: requestMs, handshakeTimeout: requestMs }, handler),
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: "idle",
  }) as unknown as FastifyInstance;
  const server = app.server as unknown as Server;
  server.maxConnections = maxConnections;
  server.on("tlsClientError", (error, socket) => {
    logger.debug({ peer: socket.remoteAddress, reason: error.message }, "TLS handshake failed");
    socket.destroy();
  });
  const unfollow = certificate.onChange((changed) => server.setSecureContext({ ...settings, cert: changed.cert, key: changed.key }));
  app.addHook("onClose", () => unfollow());
  app.post(validatePath, (request, reply) => answer(options, request.body, reply, (asked) => Promise.resolve(judged(asked, options))));
  if (injector !== undefined) app.post(injectPath, (request, reply) => answer(options, request.body, reply, (asked) => injectAsked(asked, injector)));
  return app;
}

function judged(asked: AskedObject, options: AdmissionServerOptions): Answer {
  const judgement = judgeObject(asked, options);
  return { ...judgement, outcome: judgement.violations.length > 0 ? "refused" : judgement.warnings.length > 0 ? "warned" : "allowed" };
}

/** The whole answer or none: 503 for what is in its way, 500 for a fault of our own. */
async function answer(options: AdmissionServerOptions, body: unknown, reply: FastifyReply, find: (asked: AskedObject) => Promise<Answer>): Promise<FastifyReply> {
  const asked = readReview(body);
  if (typeof asked === "string") return await reply.code(400).type("text/plain").send(asked);
  try {
    const found = await find(asked);
    const review = answerReview(asked, found);
    tell(options, asked, found);
    return await reply.send(review);
  } catch (error) {
    options.counts?.answered(asked.kind, "failed");
    if (error instanceof CannotAnswer) return await reply.code(503).type("text/plain").send(error.message);
    options.logger.error({ err: error, kind: asked.kind, namespace: asked.namespace, object: asked.name }, "cannot judge an object");
    return await reply.code(500).type("text/plain").send("the control plane could not judge this object");
  }
}

function tell({ logger, counts }: AdmissionServerOptions, { kind, name, namespace, operation, user }: AskedObject, { outcome, violations, reason }: Answer): void {
  counts?.answered(kind, outcome);
  const fields = { kind, namespace, object: name, operation, user };
  if (outcome === "refused") logger.info({ ...fields, violations: violations.length }, "object refused");
  else logger.debug({ ...fields, outcome, ...(reason === undefined ? {} : { reason }) }, "object allowed");
}
