import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

export interface Spans {
  readonly provider: BasicTracerProvider;
  /** The ended spans, oldest start first. */
  ended(): ReadableSpan[];
  /** The only span with this name. */
  named(name: string): ReadableSpan;
  /** The child spans of a span. */
  below(parent: ReadableSpan): ReadableSpan[];
}

/** Sets up the real SDK, with an exporter that keeps everything and contexts that follow promises. */
export function recordSpans(): Spans {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const ended = () => exporter.getFinishedSpans().toSorted((a, b) => startOf(a) - startOf(b));
  return {
    provider,
    ended,
    named(name) {
      const found = ended().filter((span) => span.name === name);
      if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} spans are named ${name}`);
      return found[0];
    },
    below: (parent) => ended().filter((span) => span.parentSpanContext?.spanId === parent.spanContext().spanId),
  };
}

export function forgetSpans(): void {
  context.disable();
  trace.disable();
}

const startOf = ({ startTime: [seconds, nanos] }: ReadableSpan) => seconds * 1e9 + nanos;
