package meting

import (
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// gevraagd tells whether the environment asks to send TRACES or METRICS over
// OTLP: OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_<signaal>_ENDPOINT is
// set, OTEL_<signaal>_EXPORTER is not "none" and OTEL_SDK_DISABLED not true.
func gevraagd(signaal string) bool {
	naar := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") + os.Getenv("OTEL_EXPORTER_OTLP_"+signaal+"_ENDPOINT")
	return naar != "" && os.Getenv("OTEL_"+signaal+"_EXPORTER") != "none" && !strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true")
}

// bron says which program the traces and measures are of.
func bron(ctx context.Context, programma, versie string) (*resource.Resource, error) {
	return resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "soh-"+programma), attribute.String("service.version", versie)), resource.WithFromEnv())
}

// Uitvoer sends the same measures as /metrics to a collector (OTLP over HTTP),
// when the environment asks for it (METRICS): once a minute, or as
// OTEL_METRIC_EXPORT_INTERVAL says. stop sends the last ones.
func (m *Metingen) Uitvoer(ctx context.Context, programma, versie string) (stop func(context.Context) error, err error) {
	if m == nil || !gevraagd("METRICS") {
		return func(context.Context) error { return nil }, nil
	}
	naar, err := otlpmetrichttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("metingen (OTLP): %w", err)
	}
	res, err := bron(ctx, programma, versie)
	if err != nil {
		return nil, fmt.Errorf("metingen (OTLP): %w", err)
	}
	lezer := metric.NewPeriodicReader(naar, metric.WithProducer(prometheus.NewMetricProducer(prometheus.WithGatherer(m.reg))))
	return metric.NewMeterProvider(metric.WithReader(lezer), metric.WithResource(res)).Shutdown, nil
}
