// Sends traces, metrics and logs with the OpenTelemetry SDK.
//
// Usage: send.js PROTOCOL ENDPOINT TRACES SPANS; PROTOCOL is grpc, http/protobuf or http/json, ENDPOINT a URL. Prints
// the trace ids, one a line. What could not be exported is told on stderr, and ends it with status 1.

import { context, diag, trace } from '@opentelemetry/api';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const PACKAGES = { grpc: 'grpc', 'http/protobuf': 'proto', 'http/json': 'http' };

const [protocol, endpoint, traces, spans] = process.argv.slice(2);

const problem = (...words) => {
  console.error(...words);
  process.exitCode = 1;
};
diag.setLogger({ error: problem, warn: problem, info() {}, debug() {}, verbose() {} });

async function exporter(signal, name) {
  const exporters = await import(`@opentelemetry/exporter-${signal}-otlp-${PACKAGES[protocol]}`);
  const path = signal === 'trace' ? 'traces' : signal;
  const url = protocol === 'grpc' ? endpoint : `${endpoint}/v1/${path}`;
  return new exporters[name]({ url, timeoutMillis: 30_000, compression: CompressionAlgorithm.GZIP });
}

const resource = resourceFromAttributes({ 'service.name': 'javascript' });

const tracers = new BasicTracerProvider({
  resource,
  spanProcessors: [new BatchSpanProcessor(await exporter('trace', 'OTLPTraceExporter'))],
});
const tracer = tracers.getTracer('send');
for (let at = 0; at < Number(traces); at++) {
  const root = tracer.startSpan('root');
  console.log(root.spanContext().traceId);
  for (let number = 0; number < Number(spans) - 1; number++) {
    const parent = trace.setSpan(context.active(), root);
    tracer.startSpan(`child-${number}`, { attributes: { number } }, parent).end();
  }
  root.end();
}

const logRecords = new BatchLogRecordProcessor({ exporter: await exporter('logs', 'OTLPLogExporter') });
const loggers = new LoggerProvider({ resource, processors: [logRecords] });
const logger = loggers.getLogger('send');
for (let number = 0; number < Number(traces); number++) {
  logger.emit({ severityText: 'INFO', body: `line ${number}` });
}

const points = new PeriodicExportingMetricReader({ exporter: await exporter('metrics', 'OTLPMetricExporter') });
const meters = new MeterProvider({ resource, readers: [points] });
const counter = meters.getMeter('send').createCounter('requests');
for (let number = 0; number < Number(traces); number++) {
  counter.add(1, { number });
}

await Promise.all([tracers.shutdown(), loggers.shutdown(), meters.shutdown()]);
