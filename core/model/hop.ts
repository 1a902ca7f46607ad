import type { Member } from '../contracts/items/rollout.ts';
import type { MachineName } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** The id of the upgrade of a cluster from one minor to the next. It is the same for every try of the hop. */
export const hopId = (from: KubeVersion | string, to: KubeVersion | string): string => `${from}-${to}`;

/** The id of the upgrade that ends at a minor. */
export const hopTo = (target: KubeVersion): string => hopId(`${target.major}.${target.minor - 1}`, target);

/** Whether an upgrade moves no control plane. It then brings node groups and add-ons to the version of the control plane. */
export const isFinish = ({ from, to }: { readonly from: string; readonly to: string }): boolean => from === to;

/** Whether no hop of a member, neither those made nor those to come, changes its minor. */
export const staysAtMinor = ({ origin, from, to }: Pick<Member, 'origin' | 'from' | 'to'>): boolean =>
  isFinish({ from: origin ?? from, to });

/** The id of the upgrade by which a member arrives at its target. */
export const arrivalId = (member: { readonly from: string; readonly to: string }): string =>
  isFinish(member) ? hopId(member.from, member.to) : hopTo(KubeVersion.parse(member.to));

/** Whether an upgrade takes a cluster back to the minor before, and nothing else. */
export const isRollback = (upgrade: { readonly machine: MachineName } | undefined): boolean =>
  upgrade?.machine === 'rollback-cluster';

/** The id of the hop that an upgrade is, or that the rollback takes back, since things got worse in that one. */
export const comparedHopId = (upgrade: {
  readonly id: string;
  readonly machine: MachineName;
  readonly from: string;
  readonly to: string;
}): string => (isRollback(upgrade) ? hopId(upgrade.to, upgrade.from) : upgrade.id);

/** The id of the rollback of a cluster from one minor to the one before. It is the same for every try. */
export const rollbackId = (from: KubeVersion | string, to: KubeVersion | string): string => `rollback-${from}-${to}`;

/** The ids of the upgrades that tell whether a cluster may go back from the minor that it is at. */
export const idsAround = (at: KubeVersion): readonly string[] => [
  ...[hopTo(at), hopId(at, at), hopId(at, at.next())],
  ...[rollbackId(at, at.previous()), rollbackId(at.next(), at)],
];

/** The id of the undo of what an upgrade has left: cordons, update settings, silences, Jobs. */
export const undoId = (upgradeId: string): string => `undo-${upgradeId}`;

/** An upgrade of whatever kind in words. `way`: where it leads, as in `from 1.36 to 1.37`. */
export function upgradeWords(
  { id, machine, nodegroup }: { readonly id: string; readonly machine: MachineName; readonly nodegroup: unknown },
  way: string,
): string {
  if (machine === 'drain-nodes') return `The drain of ${nodegroup}`;
  if (machine === 'restore-nodes')
    return `The undo of what ${/^undo-drain-/.test(id) ? 'a drain' : 'an upgrade'} has left`;
  return `The ${machine === 'rollback-cluster' ? 'rollback' : 'upgrade'} ${way}`;
}

/** The ids that an evidence file about an upgrade includes: for a hop its rollback, and for both the undo of what they left. */
export function toldWith(upgradeId: string): readonly string[] {
  const own = [upgradeId, rollbackId(...(upgradeId.split('-').toReversed() as [string, string]))];
  return [...own, ...own.map(undoId)];
}

/** EKS takes a control plane back by one minor, once (facts: eks.md §3.2). */
export function rollbackRefusals(current: string, target: KubeVersion): Reason[] {
  const version = KubeVersion.parse(current);
  if (target.next().equals(version)) return [];
  const said = `The cluster is at ${version}; a rollback leads to ${version.previous()}, one minor back, and not to ${target}.`;
  return [reason('NotOneMinorBack', said)];
}

/** An upgrade makes exactly one hop and never goes down. Another machine, with checks of its own, takes a cluster back. */
export function hopRefusals(
  cluster: { readonly name: string; readonly version: string },
  target: KubeVersion,
): Reason[] {
  const version = KubeVersion.parse(cluster.version);
  if (version.next().equals(target)) return [];
  if (version.equals(target)) return [reason('AlreadyThere', `The cluster is at ${version} already.`)];
  if (target.isOlderThan(version)) {
    return [
      reason(
        'Downgrade',
        `The cluster is at ${version}; ${target} is older, and an upgrade never goes down. What takes a cluster one minor back: liftlock rollback cluster ${cluster.name}`,
      ),
    ];
  }
  return [
    reason(
      'NotOneHop',
      `The cluster is at ${version}; ${target} is ${version.minorsBehind(target)} minors away, and one upgrade moves one minor. Start with ${version.next()}.`,
    ),
  ];
}
