import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { request } from "node:https";
import type { FastifyInstance } from "fastify";
import { makeTestCa, type Certificate } from "../../../test/kit/certificates.ts";
import { createRecordingLog } from "../../../test/kit/silent-log.ts";
import { parseResource } from "../../core/policy/parse-resource.ts";
import { defaultInjectionSettings } from "../../core/injection/settings.ts";
import { createAdmissionServer } from "./admission-server.ts";
import { CannotAnswer } from "./cannot-answer.ts";

const review = {
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid: "u", operation: "CREATE", name: "hc", namespace: "app", kind: { group: "kuma.io", kind: "MeshHealthCheck" },
    object: { apiVersion: "kuma.io/v1alpha1", kind: "MeshHealthCheck", metadata: { name: "hc", namespace: "app" }, spec: { to: [{ targetRef: { kind: "Mesh" }, default: { tcp: { send: "§" } } }] } },
  },
};

describe("the server of the webhook", () => {
  const log = createRecordingLog();
  const counted: string[] = [];
  let ca: string;
  let certificate: Certificate;
  let next: Certificate;
  let replace: (certificate: Certificate) => void = () => undefined;
  let fails: boolean;
  let cannot: string | undefined;
  let app: FastifyInstance;

  before(async () => {
    const authority = await makeTestCa("webhook");
    ca = authority.cert;
    certificate = await authority.issue("localhost", "127.0.0.1");
    next = await authority.issue("localhost", "127.0.0.2");
  });
  beforeEach(async () => {
    fails = false;
    cannot = undefined;
    log.lines.length = counted.length = 0;
    const source = { current: certificate, onChange: (listener: typeof replace) => ((replace = listener), () => undefined) };
    const parse = (object: unknown): ReturnType<typeof parseResource> => {
      if (fails) throw new Error("a fault of ours");
      return parseResource(object);
    };
    const counts = { answered: (kind: string, outcome: string) => void counted.push(`${kind} ${outcome}`) };
    const injector = {
      settings: () => (cannot === undefined ? Promise.resolve(defaultInjectionSettings) : Promise.reject(new CannotAnswer(cannot))),
      namespace: (name: string) => Promise.resolve({ name }),
    };
    app = createAdmissionServer({ certificate: source, parse, noticesOf: () => [], proxiesIn: () => 0, logger: log, counts, injector });
    await app.listen({ host: "127.0.0.1", port: 0 });
  });
  afterEach(() => app.close());

  function ask(body: string, { method = "POST", path = "/validate" } = {}): Promise<{ readonly status: number; readonly body: string; readonly names: string }> {
    const { port } = app.server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const asked = request({ host: "127.0.0.1", servername: "localhost", port, path, method, ca, agent: false, headers }, (reply) => {
        let text = "";
        const names = (reply.socket as unknown as { getPeerCertificate(): { subjectaltname: string } }).getPeerCertificate().subjectaltname;
        reply.setEncoding("utf8").on("data", (part: string) => (text += part));
        reply.on("end", () => resolve({ status: reply.statusCode ?? 0, body: text, names }));
      });
      asked.on("error", reject);
      asked.end(body);
    });
  }

  it("answers a review with a review", async () => {
    const { status, body } = await ask(JSON.stringify(review));
    assert.equal(status, 200);
    const { kind, response } = JSON.parse(body) as { kind: string; response: { uid: string; allowed: boolean } };
    assert.deepEqual([kind, response.uid, response.allowed], ["AdmissionReview", "u", false]);
    assert.deepEqual(counted, ["MeshHealthCheck refused"]);
    assert.deepEqual(log.lines.map(({ fields }) => fields), [{ kind: "MeshHealthCheck", namespace: "app", object: "hc", operation: "CREATE", user: "", violations: 1 }]);
  });

  it("shows another certificate as soon as there is one", async () => {
    assert.match((await ask(JSON.stringify(review))).names, /127\.0\.0\.1/);
    replace(next);
    assert.match((await ask(JSON.stringify(review))).names, /127\.0\.0\.2/);
  });

  it("says what it does not understand, and leaves it to the API server what to do then", async () => {
    assert.deepEqual([(await ask("{}")).status, (await ask("{")).status, (await ask("", { method: "GET" })).status, (await ask("{}", { path: "/" })).status], [400, 400, 404, 404]);
    assert.equal((await ask(JSON.stringify({ x: "x".repeat(9 * 1024 * 1024) }))).status, 413);
  });

  it("answers what a pod is to become, and nothing of it while that cannot be known", async () => {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: { containers: [{ name: "app", image: "app" }] } };
    const about = { ...review, request: { uid: "p", operation: "CREATE", name: "web", namespace: "app", kind: { group: "", kind: "Pod" }, object: pod } };
    const { status, body } = await ask(JSON.stringify(about), { path: "/inject" });
    assert.deepEqual([status, (JSON.parse(body) as { response: object }).response], [200, { uid: "p", allowed: true }]);
    cannot = "the settings are not read yet";
    const refused = await ask(JSON.stringify(about), { path: "/inject" });
    assert.deepEqual([refused.status, refused.body], [503, "the settings are not read yet"]);
    assert.deepEqual(counted, ["Pod left", "Pod failed"]);
    const old = await ask(JSON.stringify({ ...about, apiVersion: "admission.k8s.io/v1beta1" }), { path: "/inject" });
    assert.deepEqual([old.status, old.body], [400, 'only admission.k8s.io/v1 is answered here, not "admission.k8s.io/v1beta1"']);
  });

  it("says 500 for a fault of its own, with nothing of it", async () => {
    fails = true;
    const { status, body } = await ask(JSON.stringify(review));
    assert.equal(status, 500);
    assert.equal(body, "the control plane could not judge this object");
    assert.deepEqual(counted, ["MeshHealthCheck failed"]);
    assert.equal(log.lines[0]?.level, "error");
  });
});
