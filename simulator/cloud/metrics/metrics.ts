/** One published value. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly at: number;
  readonly value: number;
}

interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly data: { readonly at: number; readonly value: number }[];
}

const KEPT = 10_000;

/** CloudWatch metrics: values that functions publish in the embedded metric format, and values from PutMetricData. */
export class Metrics {
  readonly #series = new Map<string, Series>();

  put(datum: Datum): void {
    const { namespace, name, dimensions, at, value } = datum;
    const key = keyOf(datum);
    const series = this.#series.get(key) ?? { namespace, name, dimensions, data: [] };
    series.data.push({ at, value });
    if (series.data.length > KEPT) series.data.shift();
    this.#series.set(key, series);
  }

  /** The values with exactly these dimensions. */
  data(of: Pick<Datum, 'namespace' | 'name' | 'dimensions'>): Series['data'] {
    return this.#series.get(keyOf(of))?.data ?? [];
  }

  all(): readonly Series[] {
    return [...this.#series.values()];
  }
}

const keyOf = ({ namespace, name, dimensions }: Pick<Datum, 'namespace' | 'name' | 'dimensions'>): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

interface EmbeddedMetrics {
  readonly _aws?: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly Directive[];
  };
  readonly [member: string]: unknown;
}

/** The values in a log line in CloudWatch's embedded metric format; none in any other line. */
export function embeddedMetrics(line: string): Datum[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  let document: EmbeddedMetrics;
  try {
    document = JSON.parse(line) as EmbeddedMetrics;
  } catch {
    return [];
  }
  const { _aws: metadata } = document;
  const directives = metadata?.CloudWatchMetrics;
  // CloudWatch ignores metrics with a wrong format: the line stays in the log.
  if (!Array.isArray(directives) || typeof metadata?.Timestamp !== 'number' || !directives.every(isDirective))
    return [];
  const at = metadata.Timestamp;
  return directives.flatMap(({ Namespace: namespace, Dimensions, Metrics: named }) =>
    Dimensions.filter((names) => names.every((name) => typeof document[name] === 'string')).flatMap((names) =>
      named.flatMap(({ Name: name }) => {
        const values = [document[name]].flat().filter((value): value is number => typeof value === 'number');
        const dimensions = Object.fromEntries(names.map((dimension) => [dimension, String(document[dimension])]));
        return values.map((value) => ({ namespace, name, dimensions, at, value }));
      }),
    ),
  );
}

function isDirective(value: unknown): value is Directive {
  const { Namespace, Dimensions, Metrics: named } = (value ?? {}) as Partial<Directive>;
  return (
    typeof Namespace === 'string' &&
    Array.isArray(Dimensions) &&
    Dimensions.every(Array.isArray) &&
    Array.isArray(named) &&
    named.every((metric) => typeof metric?.Name === 'string')
  );
}
