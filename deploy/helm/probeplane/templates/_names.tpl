{{/* The name of everything in the release: "probeplane", unless the release or a value says otherwise. */}}
{{- define "probeplane.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "probeplane.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "probeplane.labels" -}}
{{ include "probeplane.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "probeplane.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "probeplane.name" .) -}}
{{- else -}}
{{- required "serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "probeplane.webhook" -}}
{{- printf "%s-validating-webhook" (include "probeplane.name" .) -}}
{{- end -}}

{{/* Something, when the API server asks the control plane about objects or about pods. */}}
{{- define "probeplane.hasWebhook" -}}
{{- if or .Values.webhook.enabled .Values.sidecarInjectorWebhook.enabled -}}yes{{- end -}}
{{- end -}}

{{/* Plural names of our kinds, one a line, as the CRDs say. */}}
{{- define "probeplane.resources" -}}
{{- range $path, $_ := .Files.Glob "files/crds/*.yaml" }}
- {{ ($.Files.Get $path | fromYaml).spec.names.plural }}
{{- end }}
{{- end -}}

{{- define "probeplane.statusResources" -}}
{{- range $path, $_ := .Files.Glob "files/crds/*.yaml" }}
- {{ ($.Files.Get $path | fromYaml).spec.names.plural }}/status
{{- end }}
{{- end -}}

{{/* Where the API server and proxies reach it. */}}
{{- define "probeplane.hostNames" -}}
{{- $service := printf "%s.%s" (include "probeplane.name" .) .Release.Namespace -}}
{{- printf "%s,%s.svc,%s.svc.%s" $service $service $service .Values.clusterDomain -}}
{{- end -}}

{{- define "probeplane.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}
