{{/* The configuration file of `probeplane run`: what follows from the release, and over it what `config` says. */}}
{{- define "probeplane.config" -}}
{{- $name := include "probeplane.name" . -}}
{{- $listen := .Values.listenAddress -}}
{{- $kubernetes := dict
  "serviceName" $name
  "systemNamespaces" (join "," .Values.systemNamespaces)
  "certificateSecret" (printf "%s-certificates" $name)
  "caConfigMap" (printf "%s-ca" $name)
  "leaseName" (printf "%s-leader" $name) -}}
{{- $webhook := dict -}}
{{- if include "probeplane.hasWebhook" . -}}
{{- $webhook = dict "listen" (printf "%s:5443" $listen) -}}
{{- end -}}
{{- if .Values.webhook.enabled -}}
{{- $webhook = set $webhook "configuration" (include "probeplane.webhook" .) -}}
{{- else -}}
{{- $webhook = set $webhook "enabled" false -}}
{{- end -}}
{{- $injector := dict "enabled" false -}}
{{- if .Values.sidecarInjectorWebhook.enabled -}}
{{- $injector = dict "configuration" (include "probeplane.injector" .) "configMap" .Values.sidecarInjectorWebhook.configMap -}}
{{- end -}}
{{- $xds := dict -}}
{{- if .Values.certManager.enabled -}}
{{- if include "probeplane.hasWebhook" . -}}
{{- $webhook = merge $webhook (dict "tlsCert" "/etc/probeplane/tls/tls.crt" "tlsKey" "/etc/probeplane/tls/tls.key") -}}
{{- end -}}
{{- $xds = dict "tlsCert" "/etc/probeplane/tls/tls.crt" "tlsKey" "/etc/probeplane/tls/tls.key" "tlsCa" "/etc/probeplane/tls/ca.crt" -}}
{{- end -}}
{{- $config := dict
  "environment" "kubernetes"
  "drainGrace" (printf "%ds" (max 1 (sub (int .Values.terminationGracePeriodSeconds) (add (int .Values.preStopSleepSeconds) 5))))
  "xdsListen" (printf "%s:5678" $listen)
  "diagnosticsListen" (printf "%s:5680" $listen)
  "api" (dict "tlsListen" (printf "%s:5682" $listen))
  "kubernetes" $kubernetes
  "webhook" $webhook
  "injector" $injector -}}
{{- if ne .Values.clusterDomain "cluster.local" -}}
{{- $config = merge $config (dict "tls" (dict "names" (include "probeplane.hostNames" .))) -}}
{{- end -}}
{{- if $xds -}}
{{- $config = merge $config (dict "xds" $xds) -}}
{{- end -}}
{{- mergeOverwrite $config (deepCopy .Values.config) | toYaml -}}
{{- end -}}
