import type { JsonSchema } from "../../base/json-schema.ts";
import { tlsCipherNames, tlsVersionNames } from "./conf.ts";

const known = "['TLS10', 'TLS11', 'TLS12', 'TLS13']";

export const confSchema: JsonSchema = {
  type: "object",
  description: "How inbounds take mutual TLS.",
  properties: {
    mode: {
      type: "string",
      enum: ["Strict", "Permissive"],
      description: "Strict: mutual TLS and nothing else. Permissive: plain text as well. Default: the mode of the Mesh.",
    },
    tlsVersion: {
      type: "object",
      description: "Versions of TLS in the mesh, for inbounds and for those who call. Only in a policy for the whole Mesh.",
      properties: {
        min: { type: "string", enum: tlsVersionNames, description: "Lowest: TLS10, TLS11, TLS12 or TLS13. Default: TLSAuto, Envoy's own." },
        max: { type: "string", enum: tlsVersionNames, description: "Highest: TLS10, TLS11, TLS12 or TLS13. Default: TLSAuto, Envoy's own." },
      },
      rules: [
        {
          rule: `!has(self.min) || !has(self.max) || !(self.min in ${known}) || !(self.max in ${known}) || self.min <= self.max`,
          message: "min version must be lower than max",
          fieldPath: ".min",
        },
      ],
    },
    tlsCiphers: {
      type: "array",
      description: "Ciphers of TLS 1.2 and lower. Only in a policy for the whole Mesh. Default: Envoy's own.",
      items: { type: "string", enum: tlsCipherNames },
      kubernetes: { maxItems: 16 },
      rules: [{ rule: "size(self) > 0", message: "must be undefined or have at least one element" }],
    },
  },
};
