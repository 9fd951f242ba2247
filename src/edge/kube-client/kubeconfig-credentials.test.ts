import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scratchFolder } from "../../../test/kit/scratch-folder.ts";
import { kubeconfigCredentials } from "./kubeconfig-credentials.ts";
import { KubeError } from "./kube-error.ts";

describe("the credentials of a kubeconfig", () => {
  let file: string;
  before(async () => {
    file = join(await scratchFolder("kubeconfig"), "config");
  });

  async function written(user: object, context: object = {}): Promise<string> {
    await writeFile(file, JSON.stringify({
      clusters: [{ name: "c", cluster: { server: "https://api.example:6443/", "certificate-authority-data": Buffer.from("CA").toString("base64") } }],
      users: [{ name: "u", user }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u", ...context } }],
      "current-context": "x",
    }));
    return file;
  }

  it("are the server, the namespace and the token of its context", async () => {
    const credentials = await kubeconfigCredentials(await written({ token: "t1" }, { namespace: "shop" }));
    assert.deepEqual([credentials.server, credentials.namespace], ["https://api.example:6443", "shop"]);
    const { headers, agent } = await credentials.connection();
    assert.deepEqual(headers, { Authorization: "Bearer t1" });
    assert.deepEqual(Buffer.from((agent as unknown as { readonly options: { readonly ca?: Buffer } }).options.ca ?? "").toString(), "CA");
  });

  it("are read anew when they were refused, on connections that stay", async () => {
    const credentials = await kubeconfigCredentials(await written({ token: "t1" }));
    const first = await credentials.connection();
    await written({ token: "t2" });
    assert.deepEqual((await credentials.connection()).headers, { Authorization: "Bearer t1" });
    credentials.renew();
    const second = await credentials.connection();
    assert.deepEqual(second.headers, { Authorization: "Bearer t2" });
    assert.equal(second.agent, first.agent);
  });

  it("are asked of the command that it names", async () => {
    const credential = JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token: "of a command" } });
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: ["-e", `console.log(${JSON.stringify(credential)})`], interactiveMode: "Never" };
    assert.deepEqual((await (await kubeconfigCredentials(await written({ exec }))).connection()).headers, { Authorization: "Bearer of a command" });
    const failing = await kubeconfigCredentials(await written({ exec: { ...exec, args: ["-e", "process.exit(3)"] } }));
    await assert.rejects(failing.connection());
  });

  it("say what is wrong with the file, and nothing of what is in it", async () => {
    await writeFile(file, "users:\n- name: u\n  user: {token: secret\ncontexts: [\n");
    await assert.rejects(kubeconfigCredentials(file), (error: unknown) => {
      assert.ok(error instanceof KubeError);
      assert.match(error.message, /config cannot be read: /);
      assert.ok(!error.message.includes("secret") && error.cause === undefined, error.message);
      return true;
    });
    await assert.rejects(kubeconfigCredentials(join(file, "nowhere")), /cannot be read: ENOTDIR|cannot be read: ENOENT/);
    await writeFile(file, JSON.stringify({ clusters: [], users: [], contexts: [] }));
    await assert.rejects(kubeconfigCredentials(file), /no cluster is chosen \(current-context\)/);
  });

  it("are none where there is no kubeconfig", async () => {
    const { HOME, KUBECONFIG } = process.env;
    process.env["HOME"] = await scratchFolder("home");
    delete process.env["KUBECONFIG"];
    try {
      await assert.rejects(kubeconfigCredentials(undefined), { message: "there is no kubeconfig: neither KUBECONFIG nor ~/.kube/config is there, and this is no pod" });
    } finally {
      for (const [name, value] of Object.entries({ HOME, KUBECONFIG })) {
        if (value !== undefined) process.env[name] = value;
      }
    }
  });
});
