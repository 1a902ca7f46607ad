import { EKSCTL_LABEL } from '../../core/model/node-owner.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { LEGACY, SHOPS } from './outside.ts';
import { autoscaler, ownGroup, prepareOwnGroups } from './own-parts.ts';
import { ACCOUNTS, REGIONS, type STAGES } from './random-config.ts';

const DAY = 86_400_000;

const [FIRST, SECOND] = ACCOUNTS;
const [HERE, THERE] = REGIONS;
/** In some worlds the last of a stage has the name of the one before it, elsewhere. */
const CLUSTERS = [
  { name: 'dev-1', stage: 'dev', account: FIRST, region: HERE },
  { name: 'staging-1', stage: 'staging', account: FIRST, region: HERE },
  { name: 'staging-2', stage: 'staging', account: FIRST, region: THERE },
  { name: 'prod-1', stage: 'prod', account: FIRST, region: HERE },
  { name: 'prod-2', stage: 'prod', account: SECOND, region: HERE },
] as const satisfies readonly { name: string; stage: (typeof STAGES)[number]; account: string; region: string }[];

/** The accounts before anybody acts. In some worlds EKS releases its newest minor meanwhile, or the support of old ones ends and EKS moves clusters by force. */
export function randomState(start: Date, choices: SeededChoices): FakeEksState {
  const state = emptyState(start);
  const inDays = (days: number): string => new Date(start.getTime() + days * DAY).toISOString().slice(0, 10);
  const change = (minor: string, dates: Partial<FakeEksState['supportCalendar'][number]>): void => {
    state.supportCalendar = state.supportCalendar.map((row) => (row.minor === minor ? { ...row, ...dates } : row));
  };
  const isLate = choices.chance(0.5);
  if (isLate) change('1.37', { releaseDate: inDays(choices.integer(1, 15)) });
  if (choices.chance(0.5)) change('1.34', { endOfStandardSupport: inDays(choices.integer(1, 15)) });
  if (choices.chance(0.3)) change('1.33', { endOfExtendedSupport: inDays(choices.integer(1, 15)) });
  const haveNamesakes = choices.chance(0.3);
  for (const [index, { name, stage, account, region }] of CLUSTERS.entries()) {
    const version = choices.pick(['1.33', '1.34', '1.35', '1.36', ...(isLate ? [] : ['1.37'])]);
    addCluster(state, {
      name: haveNamesakes ? name.replace('-2', '-1') : name,
      version,
      supportType: choices.pick(['STANDARD', 'EXTENDED']),
      nodegroups: [
        { name: 'a' },
        ...(choices.chance(0.4) ? [{ name: 'b' }] : []),
        ...(choices.chance(0.2) ? [ownGroup(index)] : []),
      ],
      ...(choices.chance(0.1) ? { autoModeNodes: 2 } : {}),
      otherNodes: choices.chance(0.2) ? [{ labels: { [EKSCTL_LABEL]: LEGACY }, version, nodes: 2 }] : [],
      account,
      region,
      tags: { stage },
      workloads: [...SHOPS.workloads(choices.chance(0.1) ? '1.36' : undefined), autoscaler(version)],
      podDisruptionBudgets: choices.chance(0.5) ? [SHOPS.budget(choices.integer(0, 1))] : [],
    });
  }
  prepareOwnGroups(state, choices);
  return state;
}
