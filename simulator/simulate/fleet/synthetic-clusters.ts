import { SETTLING_MILLISECONDS } from '../../../core/policy/quarantine.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { addCluster } from '../../eks/add-cluster.ts';
import { emptyState } from '../../eks/empty-state.ts';
import type { ClusterRecord, FakeEksState } from '../../eks/state/fake-eks-state.ts';
import { isOffered } from '../../eks/support-calendar.ts';
import { hasBadMinor } from './bad-minor.ts';
import { neverMeets, type SyntheticFleet } from './never-meets.ts';
import { SeededChoices } from './seeded-choices.ts';
import { stuckBudgets } from './stuck-budgets.ts';
import { CHANGE_CONTROL, OFFICE } from './synthetic-calendars.ts';
import { seriesOf } from './synthetic-probes.ts';

export const STAGES = ['dev', 'staging', 'prod'] as const;
export const TEAMS = ['payments', 'search', 'platform', 'data', 'mobile'] as const;
export const REGIONS = ['eu-central-1', 'us-east-1', 'ap-south-1'] as const;

/** A fleet with this few clusters has one wave or two, because three waves and a canary would hardly interact. */
export const FEW = 6;
const CROWDED: readonly (readonly (typeof STAGES)[number][])[] = [['prod'], ['dev', 'staging'], ['staging', 'prod']];

/** The accounts of a fleet, each with about eight clusters. */
export function accountsOf(clusters: number): string[] {
  const count = Math.max(2, Math.min(200, Math.ceil(clusters / 8)));
  return Array.from({ length: count }, (_, index) => String(100_000_000_001 + index));
}

/** An EKS with that many clusters, made from the seed. Throws `InvalidInput` when EKS offers no minor before the target. */
export function syntheticClusters({ clusters, target, seed, now }: SyntheticFleet): FakeEksState {
  const choices = new SeededChoices(seed * 2_654_435_761);
  const state = emptyState(now);
  const behind = minorsBehind(state, target);
  const accounts = accountsOf(clusters);
  // It uses choices of its own, so that a fleet is otherwise the same as before nodes could be left behind.
  const others = new SeededChoices(seed * 69_069 + 5);
  const current = new SeededChoices(seed * 16_807 + 11);
  const never = neverMeets({ seed, clusters });
  const stuck = stuckBudgets(seed);
  const stages = clusters <= FEW ? choices.pick(CROWDED) : STAGES;
  for (let index = 0; index < clusters; index += 1) {
    const stage = choices.pick(choices.chance(0.4) ? stages.slice(-1) : stages.slice(0, 2));
    const team = choices.pick(TEAMS);
    const version = behind.length > 1 && choices.chance(0.15) ? behind[1] : behind[0];
    const groups = choices.pick([0, 1, 1, 1, 2, 2, 3]);
    // Sometimes a user has moved the control plane in the console, and not the nodes.
    const isLeft = others.chance(0.06) && groups > 0 && version === behind[0];
    // Sometimes only the images of a cluster's nodes are old.
    const isCurrent = current.chance(0.05) && groups > 0 && version === behind[0];
    const name = `${team}-${stage}-${String(index).padStart(4, '0')}`;
    const cluster = addCluster(state, {
      name,
      version: isLeft || isCurrent ? target : (version as string),
      account: choices.pick(accounts),
      region: choices.pick(REGIONS),
      createdAt: new Date(now.getTime() - ageMinutes(clusters, choices) * 60_000),
      tags: {
        stage,
        team,
        network: choices.chance(0.85) && !hasBadMinor(seed) ? 'private' : 'open',
        ...(stage === 'dev' && index % 5 === 0 ? { canary: 'true' } : {}),
        ...ownRules(stage, choices),
        ...(index === never?.index ? never.tags : {}),
      },
      // A cluster without node groups has Auto Mode, or sometimes no nodes: such a cluster cannot be judged, and is blocked.
      ...(groups === 0 && choices.chance(0.8) ? { autoModeNodes: choices.integer(1, 3), addons: {} } : {}),
      nodegroups: Array.from({ length: groups }, (_, group) => ({
        name: `group-${group}`,
        ...(isLeft && !isCurrent ? { version: version as string } : {}),
        nodes: choices.integer(1, 3),
        zones: choices.integer(1, 3),
      })),
      ...(groups > 0 ? stuck?.ofCluster(stage) : {}),
    });
    cluster.prometheus = [seriesOf(name)];
  }
  return state;
}

/** In a small fleet one cluster in five was created hours ago. It joins when its wave has ended and later ones run (policy/quarantine.ts). */
function ageMinutes(clusters: number, choices: SeededChoices): number {
  if (clusters <= FEW && choices.chance(0.2)) return SETTLING_MILLISECONDS / 60_000 - choices.integer(20, 90);
  return choices.integer(30, 400) * 1_440;
}

/** Tags by which a cluster's owners restrict more than their policy does. */
function ownRules(stage: string, choices: SeededChoices): Record<string, string> {
  if (choices.chance(0.06)) return { 'liftlock/calendar': choices.pick([OFFICE, CHANGE_CONTROL]) };
  if (choices.chance(0.05) && stage !== 'prod') return { 'liftlock/wave': 'prod' };
  return {};
}

/** The minors one and two before the target that EKS still offers, the nearest first. */
function minorsBehind(state: FakeEksState, target: string): string[] {
  const { major, minor } = KubeVersion.parse(target);
  const offered = (text: string) => isOffered(state.supportCalendar, text, state.now);
  const known = state.supportCalendar.map((row) => row.minor);
  const before = `${major}.${minor - 1}`;
  if (!offered(target) || !offered(before)) {
    throw Object.assign(
      new Error(
        `--target ${target}: the simulated EKS offers no cluster that could go there on ${new Date(state.now).toISOString().slice(0, 10)}. It knows ${known.join(', ')}; take one of the last, such as ${known.at(-1)}.`,
      ),
      { name: 'InvalidInput' },
    );
  }
  const [one, two] = [before, `${major}.${minor - 2}`];
  return offered(two) ? [one, two] : [one];
}

/** The cluster of this name; undefined after its deletion. */
export const clusterNamed = (state: FakeEksState, name: string): ClusterRecord | undefined =>
  Object.values(state.clusters).find((cluster) => cluster.name === name);

/** Every cluster of a state, sorted by name: faults and reports use this order. */
export function clustersByName(state: FakeEksState): ClusterRecord[] {
  return Object.values(state.clusters).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
