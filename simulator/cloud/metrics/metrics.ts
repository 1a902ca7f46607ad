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

/** CloudWatch metrics: what functions publish in the embedded metric format, and what is put. */
export class Metrics {
  readonly #series = new Map<string, Series>();

  put(datum: Datum): void {
    const { namespace, name, dimensions, at, value } = datum;
    const key = JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
    const series = this.#series.get(key) ?? { namespace, name, dimensions, data: [] };
    series.data.push({ at, value });
    if (series.data.length > KEPT) series.data.shift();
    this.#series.set(key, series);
  }

  all(): readonly Series[] {
    return [...this.#series.values()];
  }
}

interface EmbeddedMetrics {
  readonly _aws?: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
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
  return (metadata?.CloudWatchMetrics ?? []).flatMap(({ Namespace: namespace, Dimensions, Metrics: named }) =>
    Dimensions.flatMap((names) =>
      named.flatMap(({ Name: name }) => {
        const values = [document[name]].flat().filter((value): value is number => typeof value === 'number');
        const dimensions = Object.fromEntries(names.map((dimension) => [dimension, String(document[dimension])]));
        return values.map((value) => ({ namespace, name, dimensions, at: metadata?.Timestamp ?? 0, value }));
      }),
    ),
  );
}
