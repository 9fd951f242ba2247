import type { ProxyCredential } from "../edge/access/authenticate-proxy.ts";
import type { AccessCounts } from "../edge/telemetry/access-metrics.ts";
import type { Access } from "./access.ts";

/** The same, each refusal counted by its reason. */
export function countedAccess(access: Access, counts: AccessCounts): Access {
  return {
    ...access,
    authenticateUser: async (credentials) => {
      const answer = await access.authenticateUser(credentials);
      if (typeof answer === "string") counts.refused("api", answer);
      return answer;
    },
    authenticateProxy: async (authorization) => {
      const answer = await access.authenticateProxy(authorization);
      if (typeof answer !== "string") return countedCredential(answer, counts);
      counts.refused("xds", answer);
      return answer;
    },
  };
}

function countedCredential(credential: ProxyCredential, counts: AccessCounts): ProxyCredential {
  return {
    refusal: (proxy) => {
      const refusal = credential.refusal(proxy);
      if (refusal !== undefined) counts.refused("xds", refusal);
      return refusal;
    },
  };
}
