import { visible } from '../../core/model/visible.ts';
import { faultText } from '../../simulator/simulate/faults/fault-text.ts';
import type { SimulationResult } from '../../simulator/simulate/run/run-simulation.ts';
import type { Shrunk } from '../../simulator/simulate/shrink/shrink-simulation.ts';
import { table } from '../output/table.ts';

/** The runs as a table, and what was violated below it. */
export function resultLines(results: readonly SimulationResult[]): string[] {
  const rows = results.map(({ seed, outcome, clusters, virtualHours, wallMs, events, mutations, violations }) => [
    String(seed),
    outcome,
    ...[clusters.upgraded, clusters.failed, clusters.held, clusters.excluded].map(String),
    virtualHours.toFixed(1),
    String(wallMs),
    String(events),
    String(mutations),
    String(violations.length),
  ]);
  const broken = results.flatMap(({ seed, violations }) =>
    violations.map(({ invariant, message }) => visible(`seed ${seed}: ${invariant}: ${message}`)),
  );
  return [...table(HEADINGS, rows).trimEnd().split('\n'), ...broken];
}

const HEADINGS = [
  'SEED',
  'OUTCOME',
  'UPGRADED',
  'FAILED',
  'HELD',
  'EXCLUDED',
  'HOURS',
  'WALL MS',
  'EVENTS',
  'MUTATIONS',
  'VIOLATIONS',
];

/** What is left of a run that broke an invariant, and how to run it again. */
export function shrunkLines({ simulation, violation, runs }: Shrunk, path: string): string[] {
  const { seed, faults, only } = simulation;
  const clusters = only === undefined ? [] : [`  clusters: ${only.join(', ')}`];
  const how = runs === 0 ? '' : ` (the shortest history found in ${runs} runs)`;
  return [
    `seed ${seed} breaks ${violation.invariant}${how}: ${violation.message}`,
    ...clusters,
    ...(faults.length === 0 ? ['  without any fault'] : faults.map((fault) => `  ${faultText(fault)}`)),
    `Run it again: liftlock simulate --replay ${path}`,
  ].map(visible);
}
