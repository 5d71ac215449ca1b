"""A shop of two services with the OpenTelemetry SDK: `shop`, which begins every trace and sends over OTLP/gRPC, and `cart`,
which it calls and which sends over OTLP/HTTP.

Usage: shop.py GRPC_ENDPOINT HTTP_URL FAILED SLOW FINE [--without-cart]

Of each trace it prints what another service needs to go on with it: its `traceparent`, its kind, and when it started, in
nanoseconds. When all spans but the roots are sent it prints an empty line. The roots end, and are sent, when a line comes
in. Ids are the same in every run.
"""

import random
import sys

from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

START = 1_700_000_000_000_000_000
MILLISECOND = 1_000_000


class SameIds(IdGenerator):
    """Ids that look random and are the same in every run."""

    def __init__(self, seed: str):
        self.random = random.Random(seed)

    def generate_span_id(self) -> int:
        return self.random.getrandbits(64) or 1

    def generate_trace_id(self) -> int:
        return self.random.getrandbits(128) or 1


def provider(service: str, exporter) -> TracerProvider:
    tracers = TracerProvider(
        resource=Resource.create({"service.name": service}), id_generator=SameIds(service)
    )
    tracers.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=100_000))
    return tracers


def serve_cart(tracer, headers: dict, kind: str) -> None:
    """What `cart` does when it is called. A slow trace is one in which it is called late; no span of it is slow."""
    begin = START + (381 if kind == "slow" else 30) * MILLISECOND
    caller = propagate.extract(headers)
    server = tracer.start_span("GET /cart", context=caller, kind=SpanKind.SERVER, start_time=begin)
    query = tracer.start_span("SELECT", context=set_span_in_context(server), start_time=begin)
    query.end(end_time=begin + 20 * MILLISECOND)
    if kind == "failed":
        server.set_status(Status(StatusCode.ERROR, "out of stock"))
    server.end(end_time=begin + 120 * MILLISECOND)


def main() -> None:
    grpc, http = sys.argv[1:3]
    failed, slow, fine = (int(count) for count in sys.argv[3:6])
    has_cart = "--without-cart" not in sys.argv
    shop = provider("shop", GrpcExporter(endpoint=grpc, insecure=True, timeout=30))
    url = f"{http}/v1/traces"
    cart = provider("cart", HttpExporter(endpoint=url, timeout=30, compression=Compression.Gzip))
    from_shop, from_cart = shop.get_tracer("shop"), cart.get_tracer("cart")

    roots = []
    for kind in ["failed"] * failed + ["slow"] * slow + ["fine"] * fine:
        root = from_shop.start_span("GET /", kind=SpanKind.SERVER, start_time=START)
        call = from_shop.start_span(
            "GET /cart", context=set_span_in_context(root), kind=SpanKind.CLIENT, start_time=START
        )
        headers: dict = {}
        propagate.inject(headers, context=set_span_in_context(call))
        call.end(end_time=START + 150 * MILLISECOND)
        roots.append(root)
        if has_cart:
            serve_cart(from_cart, headers, kind)
        print(headers["traceparent"], kind, START)
    cart.shutdown()
    shop.force_flush()
    print(flush=True)

    sys.stdin.readline()
    for root in roots:
        root.end(end_time=START + 200 * MILLISECOND)
    shop.shutdown()


if __name__ == "__main__":
    main()
