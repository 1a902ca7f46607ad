import { addCluster } from '../../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../../simulator/eks/empty-state.ts';
import type { Timing } from '../../../simulator/eks/operation-context.ts';
import { apiVersion, parseDocuments } from '../../../simulator/simulate/fleet/documents.ts';
import type { PreparedSimulation } from '../../../simulator/simulate/run/prepare-simulation.ts';

/** Each time of the fake EKS is a single number, so that upgrades of similar clusters take equally long. In seconds. */
export const EQUAL_TIMING: Partial<Timing> = {
  controlPlane: [600, 600],
  addon: [70, 70],
  insightsRefresh: [60, 60],
  setup: [60, 60],
  nodeJoin: [60, 60],
  drain: [30, 30],
  termination: [80, 80],
  scaleDown: [30, 30],
};

const START = new Date('2026-11-20T08:00:00Z');
const nights = { timeZone: 'Europe/Berlin', windows: [{ name: 'night', schedule: '0 22 * * *', duration: '6h' }] };

/** Fleets of similar clusters under one kind of limit each, by name. */
export const EQUAL_SCENARIOS: Readonly<Record<string, () => PreparedSimulation>> = {
  'a concurrency of four': () => scenario(24, 3, {}, [{ name: 'all', maxConcurrency: 4 }]),
  'one at a time in each account': () => scenario(12, 3, { perAccount: 1 }, [{ name: 'all', maxConcurrency: 12 }]),
  'nights only': () => scenario(30, 2, {}, [{ name: 'all', maxConcurrency: 2, calendar: 'nights' }], '30m'),
  'two waves with a soak': () =>
    scenario(10, 2, {}, [
      { name: 'first', clusters: ['c-0', 'c-1'], soak: '4h' },
      { name: 'rest', maxConcurrency: 4 },
    ]),
};

function scenario(
  clusters: number,
  accounts: number,
  caps: object,
  waves: readonly object[],
  estimate?: string,
): PreparedSimulation {
  const state = emptyState(START);
  const names = Array.from({ length: accounts }, (_, index) => String(100_000_000_001 + index));
  for (let index = 0; index < clusters; index += 1) {
    const nodegroups = [{ name: 'workers', nodes: 1 }];
    addCluster(state, { name: `c-${index}`, version: '1.36', account: names[index % accounts] as string, nodegroups });
  }
  const fleet = { mode: 'act', accounts: names, regions: ['eu-central-1'], spokeRole: { externalId: 'equal' }, caps };
  const estimates = estimate === undefined ? {} : { estimates: { upgrade: estimate } };
  const policy = { selector: {}, target: '1.37', trigger: 'automatic', waves, ...estimates };
  const objects = parseDocuments(
    [
      { apiVersion, kind: 'Fleet', metadata: { name: 'equal' }, spec: fleet },
      { apiVersion, kind: 'Calendar', metadata: { name: 'nights' }, spec: nights },
      { apiVersion, kind: 'UpgradePolicy', metadata: { name: 'equal' }, spec: policy },
    ],
    START,
  );
  return { state, start: START, objects };
}
