import { createServer, request, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Prober } from "../../src/core/probe/prober.ts";
import { createStatusServer } from "../../src/edge/agent/status-server.ts";
import { startGrpcApp } from "../../test/kit/apps/grpc-app.ts";
import { selfSigned } from "../../test/kit/self-signed.ts";
import { silentLog } from "../../test/kit/silent-log.ts";

/**
 * What is measured, a process each. Arguments: "app"; "bare" and a port; "agent" and the probers as JSON. Prints its ports as a JSON
 * line.
 */

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Answers as fast as Node can. */
async function serveApp(): Promise<object> {
  const { certPem: cert, keyPem: key } = await selfSigned();
  const http = await listen(createServer((_request, response) => response.end("ok\n")));
  const https = await listen(createTlsServer({ cert, key }, (_request, response) => response.end("ok\n")));
  return { http, https, grpc: (await startGrpcApp("app")).port };
}

/** The yardstick: hands each request on to the app on a connection of its own, and its status back, and does nothing else. */
async function serveBare(port: number): Promise<object> {
  const server = createServer((incoming, response) => {
    const asked = request({ host: "127.0.0.1", port, path: "/healthz", agent: false, headers: incoming.headers }, (answer) => {
      answer.resume();
      answer.on("end", () => response.writeHead(answer.statusCode ?? 500).end());
    });
    asked.on("error", () => response.writeHead(500).end());
    asked.end();
  });
  return { port: await listen(server) };
}

async function serveAgent(probers: Readonly<Record<string, Prober>>): Promise<object> {
  const handles = { answer: () => ({ status: 200, body: String(process.getActiveResourcesInfo().length) }) };
  const server = createStatusServer({
    probers: new Map(Object.entries(probers)), podIp: "127.0.0.1", sourceAddress: "127.0.0.6", logger: silentLog, routes: { "/handles": handles },
  });
  return await server.listen({ host: "127.0.0.1", port: 0 });
}

async function serve(what: string | undefined, argument = ""): Promise<object> {
  if (what === "app") return await serveApp();
  if (what === "bare") return await serveBare(Number(argument));
  return await serveAgent(JSON.parse(argument) as Record<string, Prober>);
}

process.stdout.write(`${JSON.stringify(await serve(...(process.argv.slice(2) as [string?, string?])))}\n`);
