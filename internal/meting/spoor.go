package meting

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Only traceparent travels between organisations (W3C Trace Context): tracestate
// and baggage could hold anything.
var drager = propagation.TraceContext{}

const traceparent = "traceparent"

// Sporen starts tracing when the environment asks for it (TRACES, as gevraagd
// has it). The other OTEL_ variables for sampling,
// batching and OTLP over HTTP work as the specification says. stop sends what is
// left. Without it, a traceparent of a caller still travels on.
//
// These spans are for finding faults, and may be sampled. The records of the
// Logboek Dataverwerkingen may not: they need a provider of their own, that is
// not set as the global one.
func Sporen(ctx context.Context, programma, versie string) (stop func(context.Context) error, err error) {
	if !gevraagd("TRACES") {
		return func(context.Context) error { return nil }, nil
	}
	naar, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("sporen (OTLP): %w", err)
	}
	res, err := bron(ctx, programma, versie)
	if err != nil {
		return nil, fmt.Errorf("sporen (OTLP): %w", err)
	}
	p := sdktrace.NewTracerProvider(sdktrace.WithBatcher(naar), sdktrace.WithResource(res))
	otel.SetTracerProvider(p)
	aan.Store(true)
	return func(ctx context.Context) error {
		aan.Store(false)
		return p.Shutdown(ctx)
	}, nil
}

// aan is whether Sporen started anything: without it, and without a caller that
// traces, a request costs nothing.
var aan atomic.Bool

func tracer() trace.Tracer { return otel.Tracer("github.com/handbereik/soh/internal/meting") }

// spoor begins the span of an incoming request, below that of the caller.
func spoor(r *http.Request) (*http.Request, func(route string, status int)) {
	ctx, tp := r.Context(), r.Header.Get(traceparent)
	if tp == "" && !aan.Load() {
		return r, func(string, int) {}
	}
	if tp != "" {
		ctx = drager.Extract(ctx, propagation.MapCarrier{traceparent: tp})
	}
	ctx, span := tracer().Start(ctx, "verzoek", trace.WithSpanKind(trace.SpanKindServer))
	if !span.IsRecording() {
		if span.SpanContext().IsValid() { // travels on
			r = r.WithContext(ctx)
		}
		return r, func(string, int) {}
	}
	return r.WithContext(ctx), func(route string, status int) {
		span.SetName(route)
		sluit(span, r.Method, status, attribute.String("http.route", route))
	}
}

// Spoor is the traceparent of the trace that ctx is in; empty when it is in none.
func Spoor(ctx context.Context) string {
	mee := propagation.MapCarrier{}
	drager.Inject(ctx, mee)
	return mee[traceparent]
}

// MetSpoor puts ctx in the trace of a traceparent, so that what is sent with it
// belongs to it; with one that is none it gives ctx.
func MetSpoor(ctx context.Context, tp string) context.Context {
	return drager.Extract(ctx, propagation.MapCarrier{traceparent: tp})
}

func sluit(span trace.Span, methode string, status int, meer ...attribute.KeyValue) {
	if status == 0 {
		status = http.StatusOK
	}
	switch methode {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions:
	default: // a caller may put anything there
		methode = "_OTHER"
	}
	span.SetAttributes(append(meer, attribute.String("http.request.method", methode), attribute.Int("http.response.status_code", status))...)
	if status >= 500 {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// Verstuur sends r through t, with the trace of its context. The span tells
// whom it was sent to (naar, an organisation) and how it ended.
func Verstuur(t http.RoundTripper, r *http.Request, naar string) (*http.Response, error) {
	if !aan.Load() && !trace.SpanContextFromContext(r.Context()).IsValid() {
		return t.RoundTrip(r)
	}
	ctx, span := tracer().Start(r.Context(), "oproep", trace.WithSpanKind(trace.SpanKindClient))
	if !span.SpanContext().IsValid() {
		return t.RoundTrip(r)
	}
	r = r.Clone(ctx)
	mee := propagation.MapCarrier{}
	drager.Inject(ctx, mee)
	r.Header.Set(traceparent, mee[traceparent])
	resp, err := t.RoundTrip(r)
	if !span.IsRecording() {
		return resp, err
	}
	status := 599 // no answer
	if err == nil {
		status = resp.StatusCode
	}
	var meer []attribute.KeyValue
	if naar != "" {
		meer = append(meer, attribute.String("soh.naar", naar))
	}
	sluit(span, r.Method, status, meer...)
	return resp, err
}
