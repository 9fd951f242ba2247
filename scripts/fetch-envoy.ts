// Prints the path of a real Envoy, fetching it first where it is not there yet: `node --import tsx scripts/fetch-envoy.ts`.
import { envoyBinary } from "./lib/envoy-binary.ts";

console.log(await envoyBinary({ log: (line) => { console.error(line); } }));
