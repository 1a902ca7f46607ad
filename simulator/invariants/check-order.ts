import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { changesNoCluster } from '../../core/contracts/mutating-calls.ts';
import { Upgrades } from '../../core/store/entities.ts';
import { type Check, commitAt, type Moment, type Violation } from './history.ts';

/**
 * 4 `order`: in a whole upgrade a step makes its first change only after its predecessors were observed done: the scan, add-ons valid on both minors,
 * the control plane, the node groups, the remaining add-ons. State machines that a user starts have one step each.
 */
export const checkOrder = (): Check => {
  /** Steps that were ever recorded as done, by upgrade and attempt, because a late invocation may write "running" again. */
  const done = new Map<string, Set<string>>();
  return (moment) => {
    noteDone(done, moment);
    return tooEarly(done, moment);
  };
};

const keyOf = ({ clusterKey, id, startedAt }: Upgrade): string => `${clusterKey}/${id}/${startedAt ?? ''}`;

function noteDone(done: Map<string, Set<string>>, { item, store }: Moment): void {
  const { upgradeId } = item.detail as { upgradeId?: string };
  const upgrade = upgradeId === undefined ? undefined : store.get(Upgrades, item.subject, upgradeId);
  if (upgrade === undefined) return;
  const known = done.get(keyOf(upgrade)) ?? new Set();
  for (const [name, { status }] of Object.entries(upgrade.steps)) if (status === 'done') known.add(name);
  done.set(keyOf(upgrade), known);
}

function tooEarly(done: ReadonlyMap<string, ReadonlySet<string>>, moment: Moment): Violation[] {
  const commit = commitAt(moment);
  if (commit?.upgrade === undefined || commit.upgrade.machine !== 'upgrade-cluster') return [];
  // A hook is called in the middle of a step.
  if (changesNoCluster(commit.call.name)) return [];
  const { clusterKey, step, upgrade } = commit;
  const known = done.get(keyOf(upgrade)) ?? new Set();
  return predecessors(step, upgrade, known)
    .filter((name) => !known.has(name))
    .map((name) => ({
      invariant: 'order',
      message: `${clusterKey} #${moment.item.sequence}: ${step} was committed while ${name} was ${upgrade.steps[name]?.status ?? 'not begun'}`,
    }));
}

/** Steps with the intents of `roll-node-group`, which belong together. */
const OF_NODES: readonly string[] = [
  ...['roll-node-group', 'create-launch-template-version'],
  ...['set-update-config', 'restore-update-config'],
];

function predecessors(step: string, { steps }: Upgrade, done: ReadonlySet<string>): string[] {
  if (step === 'upgrade-control-plane') return ['scan-cluster', 'update-addons-before'];
  if (OF_NODES.includes(step)) return ['upgrade-control-plane'];
  // Add-ons are updated before the control plane and after the nodes.
  if (!done.has('upgrade-control-plane')) return ['scan-cluster'];
  return Object.keys(steps).filter((name) => name.startsWith('roll-node-group/'));
}
