import { createServer, type Server } from "node:https";
import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { answerReview } from "../../core/kubernetes/admission/answer-review.ts";
import { judgeObject, type JudgeOptions } from "../../core/kubernetes/admission/judge-object.ts";
import { readReview, type AskedObject } from "../../core/kubernetes/admission/read-review.ts";

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
}

export type AdmissionOutcome = "allowed" | "warned" | "refused" | "failed";

/** The path under which the API server asks. */
export const validatePath = "/validate";

/** An AdmissionReview has an object twice, and etcd takes none of more than 1.5 MiB. */
const bodyLimitBytes = 8 * 1024 * 1024;
/** The API server waits for 30 seconds at most. */
const requestMs = 30_000;
/** Only API servers ask, a handful of them. */
const maxConnections = 200;

/**
 * The validating webhook: HTTPS, AdmissionReviews of admission.k8s.io/v1 at `/validate`. It answers whoever asks, as the API server
 * shows no certificate unless it is set up to: what can be learned so is whether an object is valid, and the notices about it.
 * Constructing it does no I/O; `close` waits for what is under way.
 */
export function createAdmissionServer(options: AdmissionServerOptions): FastifyInstance {
  const { certificate, logger } = options;
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
  app.post(validatePath, (request, reply) => validate(options, request.body, reply));
  return app;
}

async function validate(options: AdmissionServerOptions, body: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readReview(body);
  if (typeof asked === "string") return await reply.code(400).type("text/plain").send(asked);
  try {
    const judgement = judgeObject(asked, options);
    const outcome = judgement.violations.length > 0 ? "refused" : judgement.warnings.length > 0 ? "warned" : "allowed";
    tell(options, asked, outcome, judgement.violations.length);
    return await reply.send(answerReview(asked, judgement));
  } catch (error) {
    options.counts?.answered(asked.kind, "failed");
    options.logger.error({ err: error, kind: asked.kind, namespace: asked.namespace, object: asked.name }, "cannot judge an object");
    return await reply.code(500).type("text/plain").send("the control plane could not judge this object");
  }
}

function tell({ logger, counts }: AdmissionServerOptions, { kind, name, namespace, operation, user }: AskedObject, outcome: AdmissionOutcome, violations: number): void {
  counts?.answered(kind, outcome);
  const fields = { kind, namespace, object: name, operation, user };
  if (outcome === "refused") logger.info({ ...fields, violations }, "object refused");
  else logger.debug({ ...fields, outcome }, "object allowed");
}
