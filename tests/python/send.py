"""Sends traces, metrics and logs with the OpenTelemetry SDK, over OTLP/HTTP where the endpoint is a URL, else over
OTLP/gRPC.

Usage: send.py ENDPOINT TRACES SPANS [HEADER=VALUE ...]; prints the trace ids, one a line.
With OTEL_EXPORTER_OTLP_CERTIFICATE and its kin set, it speaks TLS.
"""

import logging
import os
import sys

from opentelemetry import trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.grpc import _log_exporter as grpc_logs
from opentelemetry.exporter.otlp.proto.grpc import metric_exporter as grpc_metrics
from opentelemetry.exporter.otlp.proto.grpc import trace_exporter as grpc_traces
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http import _log_exporter as http_logs
from opentelemetry.exporter.otlp.proto.http import metric_exporter as http_metrics
from opentelemetry.exporter.otlp.proto.http import trace_exporter as http_traces
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def exporters(endpoint: str, headers: list):
    """Exporters for traces, logs and metrics."""
    if endpoint.startswith("http"):
        options = {"headers": dict(headers), "timeout": 30, "compression": Compression.Gzip}
        return (
            http_traces.OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", **options),
            http_logs.OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", **options),
            http_metrics.OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics", **options),
        )
    insecure = "OTEL_EXPORTER_OTLP_CERTIFICATE" not in os.environ
    options = {"endpoint": endpoint, "insecure": insecure, "headers": tuple(headers), "timeout": 30}
    return (
        grpc_traces.OTLPSpanExporter(**options),
        grpc_logs.OTLPLogExporter(**options),
        grpc_metrics.OTLPMetricExporter(**options),
    )


def main() -> None:
    endpoint, traces, spans = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    headers = [tuple(header.split("=", 1)) for header in sys.argv[4:]]
    span_exporter, log_exporter, metric_exporter = exporters(endpoint, headers)
    resource = Resource.create({"service.name": "python"})

    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(span_exporter))
    tracer = tracers.get_tracer("send")
    for _ in range(traces):
        with tracer.start_as_current_span("root") as root:
            print(format(root.get_span_context().trace_id, "032x"))
            for number in range(spans - 1):
                with tracer.start_as_current_span(f"child-{number}", attributes={"number": number}):
                    pass

    loggers = LoggerProvider(resource=resource)
    loggers.add_log_record_processor(BatchLogRecordProcessor(log_exporter))
    set_logger_provider(loggers)
    logger = logging.getLogger("send")
    logger.setLevel(logging.INFO)
    logger.addHandler(LoggingHandler(logger_provider=loggers))
    for number in range(traces):
        logger.info("line %d", number)

    reader = PeriodicExportingMetricReader(metric_exporter)
    meters = MeterProvider(resource=resource, metric_readers=[reader])
    counter = meters.get_meter("send").create_counter("requests")
    for number in range(traces):
        counter.add(1, {"number": number})

    tracers.shutdown()
    loggers.shutdown()
    meters.shutdown()


if __name__ == "__main__":
    main()
