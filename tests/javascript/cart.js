// The service `cart` with the OpenTelemetry SDK: goes on with the traces that another service has begun.
//
// Usage: cart.js PROTOCOL ENDPOINT; PROTOCOL is grpc, http/protobuf or http/json, ENDPOINT a URL. Reads a trace a line: its
// `traceparent`, its kind (`failed`, `slow` or `fine`), and when it started, in nanoseconds. What could not be exported is told on
// stderr, and ends it with status 1.

import { createInterface } from 'node:readline';

import { defaultTextMapGetter, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const PACKAGES = { grpc: 'grpc', 'http/protobuf': 'proto', 'http/json': 'http' };

const [protocol, endpoint] = process.argv.slice(2);

const problem = (...words) => {
  console.error(...words);
  process.exitCode = 1;
};
diag.setLogger({ error: problem, warn: problem, info() {}, debug() {}, verbose() {} });

const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${PACKAGES[protocol]}`);
const url = protocol === 'grpc' ? endpoint : `${endpoint}/v1/traces`;
const exporter = new OTLPTraceExporter({ url, timeoutMillis: 30_000, compression: CompressionAlgorithm.GZIP });
const tracers = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'cart' }),
  spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 100_000 })],
});
const tracer = tracers.getTracer('cart');
const propagator = new W3CTraceContextPropagator();

// What `cart` does when it is called. A slow trace is one in which it is called late; no span of it is slow.
function serve(traceparent, kind, start) {
  const at = (milliseconds) => {
    const time = BigInt(start) + BigInt(milliseconds) * 1_000_000n;
    return [Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)];
  };
  const begin = kind === 'slow' ? 381 : 30;
  const caller = propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
  const server = tracer.startSpan('GET /cart', { kind: SpanKind.SERVER, startTime: at(begin) }, caller);
  tracer.startSpan('SELECT', { startTime: at(begin) }, trace.setSpan(caller, server)).end(at(begin + 20));
  if (kind === 'failed') {
    server.setStatus({ code: SpanStatusCode.ERROR, message: 'out of stock' });
  }
  server.end(at(begin + 120));
}

for await (const line of createInterface({ input: process.stdin })) {
  serve(...line.split(' '));
}
await tracers.shutdown();
