import type { DocumentPath } from '../../../core/config/issue.ts';
import type { PlannedFault } from '../faults/planned-fault.ts';
import { STAGES } from '../fleet/synthetic-clusters.ts';
import { FLEET_GATE, gateOf } from '../fleet/synthetic-waves.ts';
import type { PreparedSimulation } from './prepare-simulation.ts';
import type { Simulation } from './simulation.ts';

/** A name that nothing in the fleet of a run has: a fault on it would have no effect, and would look like proof. */
export interface UnknownName {
  /** Its path in the simulation. */
  readonly path: DocumentPath;
  readonly kind: 'cluster' | 'account' | 'gate';
  readonly name: string;
  /** The names of that kind in the fleet. */
  readonly known: readonly string[];
}

/**
 * The clusters, accounts and gates that a simulation names and its fleet does not have. `whole` is the fleet before `only`, because a fault of a
 * shortened history may name a cluster that no longer takes part.
 */
export function unknownNames({ only = [], faults }: Simulation, whole: PreparedSimulation): UnknownName[] {
  const known = namesOf(whole);
  return [
    ...only.map((name, index) => ({ path: ['only', index], kind: 'cluster', name }) as const),
    ...faults.flatMap(namedBy),
  ]
    .filter(({ kind, name }) => !known[kind].has(name))
    .map((one) => ({ ...one, known: [...known[one.kind]].sort() }));
}

function namedBy(fault: PlannedFault, index: number): Omit<UnknownName, 'known'>[] {
  const path = (field: string) => ['faults', index, field];
  if ('cluster' in fault) return [{ path: path('cluster'), kind: 'cluster', name: fault.cluster }];
  if ('account' in fault) return [{ path: path('account'), kind: 'account', name: fault.account }];
  if ('gate' in fault) return [{ path: path('gate'), kind: 'gate', name: fault.gate }];
  return [];
}

function namesOf({ state, objects }: PreparedSimulation): Record<UnknownName['kind'], ReadonlySet<string>> {
  const clusters = Object.values(state.clusters);
  const waves = objects.flatMap((object) => (object.kind === 'UpgradePolicy' ? object.spec.waves : []));
  const gates = waves.flatMap((wave) => wave.gates ?? []);
  return {
    cluster: new Set(clusters.map(({ name }) => name)),
    account: new Set([
      ...clusters.map(({ account }) => account),
      ...objects.flatMap((object) => (object.kind === 'Fleet' ? object.spec.accounts : [])),
    ]),
    // Faults may name the gates of synthetic waves in any fleet, because a change of a policy can add one of them.
    gate: new Set([
      ...gates.map((gate) => ('alarm' in gate ? gate.alarm : gate.webhook)),
      ...STAGES.map(gateOf),
      FLEET_GATE,
    ]),
  };
}
