import { performance } from 'node:perf_hooks';
import { decide } from '../../core/rollout/decide.ts';
import type { FleetSnapshot } from '../../core/rollout/snapshot.ts';
import { type Figure, type Measure, median, rounded } from '../figure.ts';
import { largeSnapshot } from '../fleet/large-snapshot.ts';

const CLUSTERS = 10_000;
const RUNS = 11;
const NOW = new Date('2026-11-20T08:01:00Z');

/** The decision of one tick over ten thousand clusters with 500 in flight, in core alone: what was read is given. */
export const measure: Measure = async () => [
  ...measureDecide('Tick', largeSnapshot({ clusters: CLUSTERS, history: false })),
  ...measureDecide('Full look', largeSnapshot({ clusters: CLUSTERS, history: true })),
];

function measureDecide(what: string, snapshot: FleetSnapshot): Figure[] {
  if (snapshot.grants.length !== 500) throw new Error(`${snapshot.grants.length} clusters are in flight, not 500`);
  decide(snapshot, NOW);
  const times: number[] = [];
  let growth = 0;
  for (let run = 0; run < RUNS; run += 1) {
    if (globalThis.gc === undefined) throw new Error('run it with --expose-gc, as bench/run.ts does');
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    const began = performance.now();
    const { waiting, decisions } = decide(snapshot, NOW);
    times.push(performance.now() - began);
    // What the heap has reserved is no less than what it held at any time, garbage that was collected meanwhile included.
    growth = Math.max(growth, process.memoryUsage().heapTotal - before);
    if (waiting.length !== CLUSTERS - 500 || decisions.length < 500) throw new Error(`${waiting.length} clusters wait`);
  }
  const name = `${what} over ${CLUSTERS.toLocaleString('en')} clusters, 500 in flight`;
  return [
    { name: `${name}: median of ${RUNS}`, value: rounded(median(times)), unit: 'ms', limit: 300 },
    { name: `${name}: heap growth at most`, value: rounded(growth / 1e6), unit: 'MB', limit: 200 },
  ];
}
