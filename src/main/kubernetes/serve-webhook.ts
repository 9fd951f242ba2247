import { noticesFor } from "../../core/match/explain.ts";
import { applyChanges } from "../../core/model/apply-changes.ts";
import { findResource } from "../../core/model/find-resource.ts";
import type { Resource } from "../../core/model/resource.ts";
import type { Notice } from "../../core/base/notice.ts";
import type { FollowedCertificate } from "../../edge/access/certificate-files.ts";
import { endOf } from "../../edge/access/certificate-names.ts";
import { createAdmissionServer, injectPath, validatePath } from "../../edge/admission/admission-server.ts";
import type { InjectorOptions } from "../../edge/admission/inject-asked.ts";
import { formatListenAddress } from "../../edge/config/listen-address.ts";
import type { Parts } from "../parts.ts";
import { planSettingsOf } from "../plan-settings.ts";
import { serveHttp } from "../serve-http.ts";
import { objectReader } from "./object-reader.ts";
import type { Cluster } from "./cluster.ts";

/** Serves the webhooks, and gives a line for each that is wanted. */
export async function serveWebhook(parts: Parts, cluster: Cluster, certificate: FollowedCertificate, injector: InjectorOptions | undefined): Promise<readonly string[]> {
  const { config, pipeline, loggers, metrics, closers } = parts;
  const app = createAdmissionServer({
    certificate,
    parse: objectReader(config, cluster),
    noticesOf: (resource) => noticesWith(parts, resource),
    proxiesIn: (mesh) => pipeline.world().meshes.get(mesh)?.dataplanes.size ?? 0,
    logger: loggers("webhook"),
    counts: metrics.admission,
    ...(injector === undefined ? {} : { injector }),
  });
  metrics.access.shows("webhook", () => endOf(certificate.current.cert));
  const address = await serveHttp(app, "--webhook-listen", config.webhook.listen, config.drainGrace, closers);
  const url = `https://${formatListenAddress(address)}`;
  return [...(config.webhook.enabled ? [`webhook      ${url}${validatePath}`] : []), ...(injector === undefined ? [] : [`injector     ${url}${injectPath}`])];
}

/** What there would be to tell about a resource if the World held it. */
function noticesWith({ config, pipeline }: Parts, resource: Resource): readonly Notice[] {
  const world = pipeline.world();
  const { kind, mesh, name } = resource;
  const key = { kind, mesh, name };
  const before = findResource(world, key);
  return noticesFor(applyChanges(world, [{ key, ...(before === undefined ? {} : { before }), after: resource }]), resource, planSettingsOf(config));
}
