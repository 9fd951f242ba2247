{{- define "probeplane.injector" -}}
{{- printf "%s-sidecar-injector" (include "probeplane.name" .) -}}
{{- end -}}

{{/* Image of the sidecar: beside that of the control plane, unless a value names another. */}}
{{- define "probeplane.sidecarImage" -}}
{{- if .Values.global.proxy.image -}}
{{- .Values.global.proxy.image -}}
{{- else -}}
{{- printf "%s-sidecar:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* What the injector reads, under the names of Istio's values. */}}
{{- define "probeplane.injectorValues" -}}
{{- $global := deepCopy .Values.global -}}
{{- $proxy := set (deepCopy .Values.global.proxy) "image" (include "probeplane.sidecarImage" .) -}}
{{- $webhook := .Values.sidecarInjectorWebhook -}}
{{- dict
  "global" (dict "imagePullPolicy" $global.imagePullPolicy "imagePullSecrets" $global.imagePullSecrets "proxy" $proxy "proxy_init" $global.proxy_init)
  "meshConfig" .Values.meshConfig
  "sidecarInjectorWebhook" (dict
    "enableNamespacesByDefault" $webhook.enableNamespacesByDefault
    "injectedAnnotations" $webhook.injectedAnnotations
    "rewriteAppHTTPProbe" $webhook.rewriteAppHTTPProbe) | toPrettyJson -}}
{{- end -}}

{{/*
  True for a pod that can get a sidecar: not on its node's network, and its own word, else the default that is given, is yes. The first
  of these that says yes or no is its word; the control plane reads them in the same order.
*/}}
{{- define "probeplane.wantsSidecar" -}}
{{- $yes := `["enabled", "true", "yes", "on", "y"]` -}}
{{- $no := `["disabled", "false", "no", "off", "n"]` -}}
- name: not-on-its-nodes-network
  expression: "!object.spec.?hostNetwork.orValue(false)"
- name: wants-a-sidecar
  expression: >-
    ([object.metadata.?labels[?"kuma.io/sidecar-injection"], object.metadata.?labels[?"sidecar.istio.io/inject"],
    object.metadata.?annotations[?"kuma.io/sidecar-injection"], object.metadata.?annotations[?"sidecar.istio.io/inject"]]
    .map(said, said.orValue("").trim().lowerAscii())
    .filter(said, said in {{ $yes }} + {{ $no }}) + ["{{ . }}"])[0] in {{ $yes }}
{{- end -}}
