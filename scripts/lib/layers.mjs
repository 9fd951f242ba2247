// Who may import whom. The linter enforces it while one writes; test/architecture reads the imports itself and holds them against it.

/** In core: the stages in the order in which they build on each other. */
const core = {
  "core/base": [],
  "core/proto": [],
  "core/model": ["core/base"],
  "core/probe": ["core/base", "core/model"],
  "core/redirect": ["core/base", "core/model"],
  "core/policy": ["core/base", "core/model", "core/probe"],
  "core/kubernetes": ["core/base", "core/model", "core/probe", "core/policy", "core/redirect"],
  "core/injection": ["core/base", "core/model", "core/policy", "core/probe", "core/redirect", "core/kubernetes"],
  "core/convert": ["core/base", "core/model", "core/policy", "core/kubernetes"],
  "core/bootstrap": ["core/base", "core/model", "core/policy"],
  "core/access": ["core/base", "core/model", "core/policy"],
  "core/identity": ["core/base", "core/model"],
  "core/match": ["core/base", "core/model", "core/policy"],
  "core/translate": ["core/base", "core/proto", "core/model", "core/policy"],
  "core/inspect": ["core/base", "core/model", "core/policy", "core/match", "core/translate"],
  "core/snapshot": ["core/base", "core/proto", "core/model", "core/translate"],
  "core/session": ["core/base", "core/model", "core/snapshot"],
  "core/preview": ["core/base", "core/model", "core/policy", "core/match", "core/translate"],
  "core/view": ["core/base", "core/model", "core/policy"],
  "core/doctor": ["core/base", "core/model"],
  "core/status": ["core/base", "core/model", "core/policy", "core/match", "core/view"],
};

const allOfCore = Object.keys(core);

/** Which other edges an edge may import; one not named here: none. All of core is open to every edge. */
const edges = {
  "edge/config": [],
  "edge/telemetry": [],
  "edge/kube-client": [],
  "edge/source": ["edge/kube-client"],
  "edge/access": ["edge/source", "edge/kube-client"],
  "edge/admission": ["edge/kube-client"],
  "edge/status": ["edge/kube-client", "edge/pipeline"],
  "edge/pipeline": ["edge/source"],
  "edge/identity": ["edge/source", "edge/access", "edge/pipeline"],
  "edge/serve": ["edge/pipeline"],
  "edge/api": ["edge/pipeline"],
  "edge/client": [],
  "edge/bootstrap": [],
  "edge/lifecycle": [],
  "edge/agent": [],
  "edge/redirect": [],
  "edge/doctor": [],
};

/** Layer → the layers that it may import besides itself. Only `main` may import everything, and nothing imports `main`. */
export const layers = {
  ...core,
  ...Object.fromEntries(Object.entries(edges).map(([edge, others]) => [edge, [...allOfCore, ...others]])),
  main: [...allOfCore, ...Object.keys(edges)],
};

/** Words that say nothing about what a thing is. */
export const emptyWords = ["Manager", "Helper", "Util", "Utils", "Common", "Impl", "Data", "Info"];
