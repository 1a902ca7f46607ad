import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type AppliedConfig, AT_REST, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { isRollback } from '../model/hop.ts';
import { loadAppliedConfigs, loadFleetInForce, selectorAlone, upgradePolicy } from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { selects } from '../policy/policy-of.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { isUndo } from '../protocol/undo.ts';
import { Grants, Ledgers, PolicyRollouts, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import { load, loadAll, loadKind, ofKind, unchanged } from '../store/entity.ts';

/** What goes by an object of the configuration, each in a sentence, and the checks that nothing else does by the time of the transaction. */
interface Users {
  readonly users: readonly string[];
  readonly checks: readonly WriteOperation[];
}

/**
 * A policy is used by its rollouts, until they have ended, and by what is under way by its windows and settings, whoever began it: without it that would
 * park for ever, or go on outside of every window. What an abort has left parked half-way does not go on by itself: a person finishes it, by the rules of then.
 */
export async function policyUsers(table: Table, policy: AppliedConfig): Promise<Users> {
  const { name } = policy;
  const newest = await load(table, PolicyRollouts, name);
  const last = newest === undefined ? undefined : await load(table, Rollouts, newest.data.rolloutId);
  const ledger = await load(table, Ledgers);
  // By key, since who was created a moment ago may not be in the index yet.
  const known = new Map((await loadKind(table, Rollouts)).map((one) => [one.id, one]));
  if (last !== undefined) known.set(last.data.id, last.data);
  const underWay = [...known.values()].filter((one) => one.policy === name && !AT_REST.includes(one.status));
  return {
    users: [...underWay.map(ofRollout), ...(await upgradesUnder(table, policy, known))],
    checks: [
      unchanged(PolicyRollouts, newest, name),
      ...(last === undefined ? [] : [unchanged(Rollouts, last, last.data.id)]),
      // Every grant is counted there: nobody has been granted anything since.
      unchanged(Ledgers, ledger),
    ],
  };
}

const ofRollout = ({ id, status }: Rollout): string =>
  `Its rollout ${id} is ${status}: abort it first, with liftlock rollout abort ${id}, or wait for its end.`;

async function upgradesUnder(
  table: Table,
  policy: AppliedConfig,
  rollouts: ReadonlyMap<string, Rollout>,
): Promise<string[]> {
  const fleet = await loadFleetInForce(table);
  const clusters = new Map((await loadLivingRecords(table)).map((one) => [one.clusterKey, labeled(one, fleet)]));
  const grants = await loadAll(table, Grants, [...clusters.keys()].map(Grants.key));
  const granted = grants.filter(({ status }) => status !== 'free');
  const acting = await loadAll(
    table,
    Upgrades,
    granted.map(({ clusterKey, upgradeId }) => Upgrades.key(clusterKey, upgradeId)),
  );
  const idOf = ({ clusterKey, id }: Upgrade): string => `${clusterKey} ${id}`;
  const acts = new Set(acting.map(idOf));
  const open = new Map([...ofKind(await table.queryActive(), Upgrades), ...acting].map((one) => [idOf(one), one]));
  const selecting = (config: AppliedConfig, cluster: ClusterRecord): boolean => {
    const selector = upgradePolicy(config)?.spec.selector ?? selectorAlone(config);
    return selector !== undefined && selects(selector, cluster).matches;
  };
  const others = (await loadAppliedConfigs(table, 'UpgradePolicy')).filter(({ name }) => name !== policy.name);
  return [...open.values()].flatMap((one): string[] => {
    const cluster = clusters.get(one.clusterKey);
    const rollout = one.rolloutId === undefined ? undefined : rollouts.get(one.rolloutId);
    if (cluster === undefined || isUndo(one)) return [];
    // Where several select its cluster, what a person has begun there goes by none of them, and waits until one does.
    const isOnlyOne = () => selecting(policy, cluster) && !others.some((other) => selecting(other, cluster));
    if (rollout === undefined ? !isOnlyOne() : rollout.policy !== policy.name) return [];
    const isUnderWay = rollout !== undefined && !AT_REST.includes(rollout.status);
    const isParked = one.status === 'Parked' && !isRollback(one) && !acts.has(idOf(one));
    if (isParked && (isUnderWay || rollout?.status === 'Aborted')) return [];
    const way = `${isRollback(one) ? 'rollback' : 'upgrade'} from ${one.from} to ${one.to}`;
    const what = one.machine === 'drain-nodes' ? 'drain' : way;
    const ends = isUnderWay ? 'it has to end as well, also after an abort' : 'wait for its end';
    return [
      `The ${what} of ${cluster.name} goes by it and is ${one.status}: ${ends} (liftlock explain cluster ${cluster.name}).`,
    ];
  });
}

/** A Calendar is used by the waves of policies, and by those of rollouts under way whose policy has them no more: they go on by their last calendars. */
export async function calendarUsers(table: Table, name: string): Promise<Users> {
  const policies = await loadAppliedConfigs(table, 'UpgradePolicy');
  const ofPolicies = policies.flatMap((policy) =>
    wavesIn(policy).flatMap(({ name: wave, calendar }) =>
      [calendar].flat().includes(name) ? [`The wave ${wave} of the policy ${policy.name} names it.`] : [],
    ),
  );
  const rollouts = new Map((await loadKind(table, Rollouts)).map((one) => [one.id, one]));
  const begun = (await loadKind(table, Waves)).filter(({ calendars = [] }) => calendars.includes(name));
  const ofRollouts = begun.flatMap((wave: Wave) => {
    const rollout = rollouts.get(wave.rolloutId);
    if (rollout === undefined || AT_REST.includes(rollout.status)) return [];
    const policy = policies.find((one) => one.name === rollout.policy);
    if (policy !== undefined && wavesIn(policy).some((one) => one.name === wave.name)) return [];
    return [`The wave ${wave.name} of the rollout ${rollout.id} goes by it, which is ${rollout.status}.`];
  });
  return { users: [...ofPolicies, ...ofRollouts], checks: [] };
}

/** A Channel is used by the policies whose target it is. */
export async function channelUsers(table: Table, name: string): Promise<Users> {
  const policies = await loadAppliedConfigs(table, 'UpgradePolicy');
  const targeting = policies.filter((policy) => channelIn(policy) === name);
  return { users: targeting.map((policy) => `The target of the policy ${policy.name} is it.`), checks: [] };
}

type Spec = {
  readonly target?: { readonly channel?: unknown } | string;
  readonly waves?: readonly { readonly name: unknown; readonly calendar?: unknown }[];
};

/** Of the document itself, since one that this version cannot read names what it names all the same. */
const specOf = ({ document }: AppliedConfig): Spec => (document.spec ?? {}) as Spec;
const wavesIn = (policy: AppliedConfig) => specOf(policy).waves ?? [];
function channelIn(policy: AppliedConfig): unknown {
  const { target } = specOf(policy);
  return typeof target === 'object' ? target.channel : undefined;
}
