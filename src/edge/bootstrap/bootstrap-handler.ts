import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { stringify } from "yaml";
import { refusalText } from "../../core/access/refusal.ts";
import type { JsonObject } from "../../core/base/json.ts";
import type { Dataplane } from "../../core/model/dataplane.ts";
import { parseBootstrapRequest, type BootstrapRequest } from "../../core/bootstrap/bootstrap-request.ts";
import { directDataplane, violationsText } from "../../core/bootstrap/direct-dataplane.ts";
import { proxyBootstrap } from "../../core/bootstrap/proxy-bootstrap.ts";
import { requireCa } from "./certificate-authority.ts";
import { controlPlaneAddress } from "./control-plane-address.ts";
import type { BootstrapContext } from "./context.ts";
import { BootstrapRefusal } from "./refusal.ts";
import { readBody } from "./read-body.ts";

/**
 * Serves `POST /bootstrap` as kuma-dp asks for it: JSON with the bootstrap in Base64 to who accepts `application/json`, else YAML.
 * What is wrong is said in plain text: 400 and 422 with the cause, 401 for a token that does not fit, 503 for one that cannot be checked now; 404 without a body for a
 * Dataplane that is not there yet, which kuma-dp takes as "ask again".
 */
export function createBootstrapHandler(context: BootstrapContext): RequestListener {
  return (request, response) => {
    answer(context, request, response).catch((error: unknown) => {
      if (error instanceof BootstrapRefusal) {
        if (error.status !== 404) context.logger.warn({ status: error.status, peer: request.socket.remoteAddress }, `bootstrap refused: ${error.message}`);
        send(response, error.status, "text/plain; charset=utf-8", error.message);
        return;
      }
      context.logger.error({ err: error }, "cannot make a bootstrap");
      send(response, 500, "text/plain; charset=utf-8", "");
    });
  };
}

async function answer(context: BootstrapContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?")[0];
  if (path !== "/bootstrap") throw new BootstrapRefusal(404, "404: Page Not Found\n");
  if (request.method !== "POST") {
    response.setHeader("allow", "POST");
    throw new BootstrapRefusal(405, "only POST is answered here");
  }
  const { asked, token } = readRequest(await readBody(request), request.headers.authorization);
  if (context.authorize !== undefined && token === "") throw new BootstrapRefusal(422, tokenRequired);
  const dataplane = await findDataplane(context, asked);
  await authorize(context, asked, token, dataplane);
  const controlPlane = controlPlaneAddress(context, asked, request.headers.host);
  if (asked.caCert !== "" && controlPlane.caPem !== undefined) requireCa(asked.caCert);
  if ("refusal" in dataplane) throw dataplane.refusal;
  const door = await context.adminCertificates?.({ mesh: asked.mesh, name: asked.name });
  const config = proxyBootstrap(asked, dataplane.found, {
    controlPlane,
    reloadableTokens: context.reloadableTokens,
    ...(door === undefined ? {} : { adminCertificates: { caPem: door.caPem, certPem: door.cert, keyPem: door.key } }),
  });
  context.logger.info({ mesh: asked.mesh, dataplane: asked.name, peer: request.socket.remoteAddress }, "bootstrap made");
  sendBootstrap(request, response, config, dataplane.found);
}

const tokenRequired =
  "Dataplane Token is required. Generate token using 'probeplane token dataplane' or 'kumactl generate dataplane-token > /path/file' " +
  "and provide it via --token-file=/path/file (kuma-dp: --dataplane-token-file)";

/** What is asked, and the token that goes with it: the body's, else that of the header `Authorization`. */
function readRequest(body: string, authorization = ""): { readonly asked: BootstrapRequest; readonly token: string } {
  const parsed = parseBootstrapRequest(parseJson(body));
  if (!parsed.ok) throw new BootstrapRefusal(422, violationsText(parsed.violations));
  const { request } = parsed;
  if (request.dataplaneToken !== "") return { asked: request, token: request.dataplaneToken };
  const token = authorization.replace(/^bearer\s+/i, "").trim();
  // Who names a file that Envoy reads the token from, and sends the token only as a header, wants it nowhere else.
  const byFile = request.dataplaneTokenPath !== "" || request.dataplaneTokenSecretPath !== "";
  return { asked: byFile ? request : { ...request, dataplaneToken: token }, token };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    throw new BootstrapRefusal(400, `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type FoundDataplane = { readonly found: Dataplane } | { readonly refusal: BootstrapRefusal };

/** The Dataplane that comes with the request, else the stored one. What is wrong with it is told only to who has a token for it. */
async function findDataplane(context: BootstrapContext, asked: BootstrapRequest): Promise<FoundDataplane> {
  const { mesh, name, dataplaneResource } = asked;
  if (dataplaneResource === "") {
    const found = await context.findDataplane({ mesh, name });
    return found === undefined ? { refusal: new BootstrapRefusal(404, "") } : { found };
  }
  const read = directDataplane(context.readDocuments(dataplaneResource, "dataplaneResource"), { mesh, name });
  const noMesh = (await context.hasMesh(mesh)) ? [] : [{ path: "mesh", message: `mesh ${JSON.stringify(mesh)} does not exist` }];
  const violations = [...(read.ok ? [] : read.violations), ...noMesh];
  if (read.ok && violations.length === 0) return { found: read.dataplane };
  return { refusal: new BootstrapRefusal(422, violationsText(violations)) };
}

async function authorize(context: BootstrapContext, { mesh, name }: BootstrapRequest, token: string, dataplane: FoundDataplane): Promise<void> {
  const refusal = await context.authorize?.({ proxy: { mesh, name }, token, ...("found" in dataplane ? { dataplane: dataplane.found } : {}) });
  if (refusal !== undefined) throw new BootstrapRefusal(refusal === "not checkable" ? 503 : 401, refusalText(refusal));
}

function sendBootstrap(request: IncomingMessage, response: ServerResponse, config: JsonObject, dataplane: Dataplane): void {
  const yaml = stringify(config, { lineWidth: 0 });
  if (request.headers.accept !== "application/json") {
    send(response, 200, "text/x-yaml", yaml);
    return;
  }
  const sidecar = { networking: { address: dataplane.spec.networking.address, corefileTemplate: null }, metrics: { aggregate: [] } };
  send(response, 200, "application/json", JSON.stringify({ bootstrap: Buffer.from(yaml).toString("base64"), kumaSidecarConfiguration: sidecar }));
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  if (response.headersSent) return;
  response.statusCode = status;
  // A bootstrap may have a token in it.
  response.setHeader("cache-control", "no-store");
  if (body !== "") response.setHeader("content-type", contentType);
  response.end(body);
}
