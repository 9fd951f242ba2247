import { createServer } from "node:http";
import type { Server } from "node:http";
import { webToBackendEverySecond } from "./policies.ts";
import type { Show } from "./show.ts";
import { freePort } from "../../test/kit/ports.ts";

type Acts = Readonly<Record<string, () => void | Promise<void>>>;

/** After the story, in a terminal: everything stays up, the apps can be broken by hand, and the screen says how. */
export async function offerToTry({ stage, screen }: Show): Promise<Server> {
  await stage.api.put(webToBackendEverySecond);
  const port = await freePort();
  const server = await listen(port, actsOf(stage));
  const { api, web, outbounds, controlPlane } = stage;
  const policy = `${api.url}/meshes/default/meshhealthchecks/web-to-backend-check`;
  screen.heading("Everything stays up; web-to-backend-check is back, every second. Try:");
  for (const line of [
    `curl -X POST 127.0.0.1:${port}/backend-1/503          # or /hang, /ok, /close, /open; cache-1: /pong, /wrong; payment-1: /SERVING, /NOT_SERVING`,
    `curl 127.0.0.1:${outbounds.backend}                          # a request of web to backend, through web's Envoy`,
    `curl ${policy}`,
    `curl -X DELETE ${policy}`,
    `curl '${web.envoy.admin.url("/clusters?format=json")}'        # what web's Envoy thinks; ${web.envoy.admin.url("/")} for more`,
    `curl ${controlPlane.diagnosticsUrl}/metrics`,
  ]) screen.line(`  ${line}`);
  screen.line("Ctrl-C ends everything.");
  return server;
}

function actsOf({ backends, cache, payment, web }: Show["stage"]): Readonly<Record<string, Acts>> {
  const ports = [...backends, cache, payment, web].map(({ app }) => [app.name, { close: () => app.closePort(), open: () => app.openPort() }] as const);
  const acts: Record<string, Acts> = Object.fromEntries(ports);
  for (const { app } of [...backends, web]) {
    acts[app.name] = { ...acts[app.name], ok: () => { app.behaviour = 200; }, 503: () => { app.behaviour = 503; }, hang: () => { app.behaviour = "hang"; } };
  }
  acts["cache-1"] = { ...acts["cache-1"], pong: () => { cache.app.behaviour = "pong"; }, wrong: () => { cache.app.behaviour = "wrong"; } };
  acts["payment-1"] = { ...acts["payment-1"], SERVING: () => { payment.app.behaviour = "SERVING"; }, NOT_SERVING: () => { payment.app.behaviour = "NOT_SERVING"; } };
  return acts;
}

async function listen(port: number, acts: Readonly<Record<string, Acts>>): Promise<Server> {
  const server = createServer((request, response) => {
    const [, app = "", act = ""] = (request.url ?? "").split("/");
    const run = request.method === "POST" ? acts[app]?.[act] : undefined;
    const done = run === undefined ? Promise.reject(new Error("POST /APP/ACT")) : Promise.resolve(run());
    done.then(() => response.end("done\n"), (error: unknown) => response.writeHead(400).end(`${String(error)}\n`));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}
