{{/* The release's name, with the chart's unless it is in it. */}}
{{- define "sluice.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a tier: (dict "root" $ "tier" "gateway"). */}}
{{- define "sluice.selector" -}}
app.kubernetes.io/name: sluice-{{ .tier }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "sluice.labels" -}}
{{ include "sluice.selector" . }}
app.kubernetes.io/part-of: sluice
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* The gateway's configuration: the file for the resolver, with the name of tier 2, the plugin directory, and what the
     values say over it. */}}
{{- define "sluice.gateway.config" -}}
{{- $config := .Files.Get (printf "files/gateway-%s.yaml" .Values.resolver) | fromYaml -}}
{{- $service := printf "%s-sampler.%s" (include "sluice.fullname" .) .Release.Namespace -}}
{{- if eq .Values.resolver "k8s" -}}
{{- $_ := set $config.exporters.load_balancing.resolver.k8s "service" $service -}}
{{- else -}}
{{- $_ := set $config.exporters.load_balancing.resolver.dns "hostname" (printf "%s.svc.%s" $service .Values.clusterDomain) -}}
{{- end -}}
{{- if ne .Values.plugins.source "none" -}}
{{- $_ := set $config "plugins" (dict "directories" (list "/etc/sluice/plugins")) -}}
{{- end -}}
{{- mergeOverwrite $config .Values.gateway.config | toYaml -}}
{{- end -}}

{{- define "sluice.sampler.config" -}}
{{- mergeOverwrite (.Files.Get "files/sampler.yaml" | fromYaml) .Values.sampler.config | toYaml -}}
{{- end -}}

{{/* The pod of a tier: (dict "root" $ "tier" "gateway" "values" .Values.gateway "config" TEXT). */}}
{{- define "sluice.pod" -}}
{{- $hasPlugins := and (eq .tier "gateway") (ne .root.Values.plugins.source "none") -}}
metadata:
  labels:
    {{- include "sluice.labels" . | nindent 4 }}
  annotations:
    # Another configuration is another pod.
    checksum/config: {{ .config | sha256sum }}
    {{- if .root.Values.monitoring.annotations }}
    prometheus.io/scrape: "true"
    prometheus.io/port: "8888"
    prometheus.io/path: /metrics
    {{- end }}
    {{- with .values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "sluice.fullname" .root }}-{{ .tier }}
  terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    seccompProfile:
      type: RuntimeDefault
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "sluice.selector" . | nindent 10 }}
  {{- with .values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if and $hasPlugins (eq .root.Values.plugins.source "initContainer") }}
  initContainers:
    - name: plugins
      image: {{ required "plugins.initContainer.image" .root.Values.plugins.initContainer.image }}
      command:
        {{- toYaml .root.Values.plugins.initContainer.command | nindent 8 }}
      resources:
        requests:
          cpu: 10m
          memory: 16Mi
        limits:
          memory: 64Mi
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - name: plugins
          mountPath: /etc/sluice/plugins
  {{- end }}
  containers:
    - name: sluice
      image: {{ printf "%s:%s" .root.Values.image.repository (.root.Values.image.tag | default .root.Chart.AppVersion) }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args:
        - --config=/conf/config.yaml
      env:
        - name: POD_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        - name: XDG_CACHE_HOME
          value: /cache
        {{- if eq .tier "sampler" }}
        # Transparent huge pages are about half of a sampler's CPU time (docs/performance.md).
        - name: MIMALLOC_ALLOW_THP
          value: "0"
        {{- end }}
        {{- with .values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: otlp-grpc
          containerPort: 4317
        {{- if eq .tier "gateway" }}
        - name: otlp-http
          containerPort: 4318
        {{- end }}
        - name: health
          containerPort: 13133
        - name: metrics
          containerPort: 8888
      startupProbe:
        httpGet:
          path: /health
          port: health
        periodSeconds: 1
        failureThreshold: 60
      livenessProbe:
        httpGet:
          path: /health
          port: health
        periodSeconds: 15
        timeoutSeconds: 5
      readinessProbe:
        httpGet:
          path: /ready
          port: health
        periodSeconds: {{ ternary 2 5 (eq .tier "sampler") }}
        timeoutSeconds: 5
      lifecycle:
        preStop:
          exec:
            command: [/sluice, drain, --timeout={{ .values.drainTimeout }}]
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - name: conf
          mountPath: /conf
          readOnly: true
        - name: cache
          mountPath: /cache
        {{- if $hasPlugins }}
        - name: plugins
          mountPath: /etc/sluice/plugins
          readOnly: true
        {{- end }}
  volumes:
    - name: conf
      configMap:
        name: {{ include "sluice.fullname" .root }}-{{ .tier }}
    - name: cache
      emptyDir:
        sizeLimit: 256Mi
    {{- if $hasPlugins }}
    - name: plugins
      {{- if eq .root.Values.plugins.source "configMap" }}
      configMap:
        name: {{ required "plugins.configMap.name" .root.Values.plugins.configMap.name }}
      {{- else if eq .root.Values.plugins.source "image" }}
      image:
        reference: {{ required "plugins.image.reference" .root.Values.plugins.image.reference }}
        pullPolicy: {{ .root.Values.plugins.image.pullPolicy }}
      {{- else }}
      emptyDir:
        sizeLimit: 64Mi
      {{- end }}
    {{- end }}
{{- end -}}
