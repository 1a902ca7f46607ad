import type { Prometheus, PrometheusApi } from '../../core/ports/prometheus.ts';

export interface PrometheusUnderTest {
  readonly prometheus: Prometheus;
  readonly allowedHosts: readonly string[];
  readonly api: PrometheusApi;
  /** A query that has a value of its own in each minute from the instant on, and none before. */
  readonly known: { readonly query: string; readonly since: Date };
  close(): Promise<void>;
}

/** A Prometheus API says of each whole minute what was counted in it, and nothing of what it does not know. */
export function prometheusContract(name: string, create: () => Promise<PrometheusUnderTest>): void {
  describe(`prometheus: ${name}`, () => {
    let under: PrometheusUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    const read = (query: string, minutes: readonly [number, number]) => {
      const [from, to] = minutes.map((one) => new Date(under.known.since.getTime() + one * 60_000));
      const span = { from: from as Date, to: to as Date };
      return under.prometheus.readMinutes({ ...under.api, query }, under.allowedHosts, span);
    };

    test('each minute from the first, without the last, under the instant at which it began', async () => {
      const { query, since } = under.known;
      const all = await read(query, [0, 4]);
      expect(all.map(({ at }) => (at.getTime() - since.getTime()) / 60_000)).toEqual([0, 1, 2, 3]);
      expect(await read(query, [1, 3])).toEqual(all.slice(1, 3));
      expect(new Set(all.map(({ value }) => value)).size).toBe(4);
    });

    test('minutes of which it has nothing are missing, and so is all of what it does not know', async () => {
      expect(await read(under.known.query, [-3, 1])).toEqual(await read(under.known.query, [0, 1]));
      expect(await read('sum(unknown)', [0, 4])).toEqual([]);
    });
  });
}
