{{/* What belongs to a tenant: (list $ $tenant). */}}
{{- define "mde-offboard.labels" -}}
app.kubernetes.io/name: mde-offboard
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
mde-offboard/tenant: {{ (index . 1).name }}
{{- end }}

{{- define "mde-offboard.name" -}}
mde-offboard-{{ .name }}
{{- end }}
