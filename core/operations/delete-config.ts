import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type AppliedConfig, AT_REST, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { revisionOf } from '../hash/canonical-json.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { shortId } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { isRollback } from '../model/hop.ts';
import { apart, some, someSentences } from '../model/words.ts';
import {
  inForce,
  loadAppliedConfigs,
  loadFleetInForce,
  readPolicies,
  selectorAlone,
  upgradePolicy,
} from '../policy/applied.ts';
import { BUILT_IN_CHANNELS } from '../policy/channels.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { policyOf, selects } from '../policy/policy-of.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { isUndo } from '../protocol/undo.ts';
import { Refusal, wrongState } from '../queries/refusal.ts';
import { endWaiver } from '../scan/fleet/report-store.ts';
import { auditEntry, changeAndTell, moveMark } from '../store/change.ts';
import {
  ClusterControls,
  Configs,
  Grants,
  Ledgers,
  PolicyRollouts,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { load, loadAll, loadKind, ofKind, replace, unchanged } from '../store/entity.ts';
import type { OperatorPorts } from './fleet-switch.ts';
import { namesOfClusters } from './names-of-clusters.ts';

/** There is one Fleet, and nothing acts without it: who wants that has it observe, or stops it. */
export const DELETABLE = ['UpgradePolicy', 'Calendar', 'Channel', 'ScanWaiver'] as const;
export type DeletableKind = (typeof DELETABLE)[number];

/**
 * Takes one object out of the configuration, as if it had never been applied. Its item stays, since nothing is deleted from the table, and says who has
 * done it. Fails with `ConfigNotFound`, or with `WrongState` where something still goes by it.
 */
export async function deleteConfig(
  ports: OperatorPorts,
  { kind, name }: { readonly kind: DeletableKind; readonly name: string },
  by: string,
  reason: string,
) {
  const done = await changeAndTell(ports, async (now) => {
    const { table } = ports;
    // Read first: whoever applies something that needs it moves the mark, and then it is asked again.
    const mark = await moveMark(table, now);
    const read = await load(table, Configs, kind, name);
    const applied = inForce(read?.data);
    if (applied === undefined) {
      // A function that died after its deletion may have left looks that rest on it.
      if (kind === 'ScanWaiver') await endWaiver(table, name, now);
      throw await notFound(table, kind, name);
    }
    const { users, checks } = await usersOf(table, applied);
    if (users.length > 0) throw stillUsed(kind, name, users);
    const warnings = await warningsOf(table, applied);
    const { revision } = applied;
    const selector = kind === 'UpgradePolicy' ? selectorIn(applied) : undefined;
    const deleted = { by, at: now.toISOString(), reason, ...given({ selector }) };
    return {
      result: { kind, name, warnings },
      writes: [replace(Configs, read, { ...withoutEffect(applied), deleted }), ...checks, mark],
      record: [auditEntry('fleet', 'ConfigDeleted', by, { kind, name, before: revision, reason })],
      events: ([change]) => [{ type: 'ConfigDeleted', detail: { version: 1, change, kind, name, by, reason } }],
    };
  });
  if (kind === 'ScanWaiver') await endWaiver(ports.table, name, ports.clock.now());
  return done;
}

/**
 * What stays of it. The release before does not know that it is deleted: to that it is a policy that selects no cluster, as people wrote it who
 * wanted to be rid of one, and of another kind a document that cannot be read, which opens nothing and covers nothing.
 */
function withoutEffect({ document, ...applied }: AppliedConfig): AppliedConfig {
  const { spec, ...named } = document;
  const isPolicy = applied.kind === 'UpgradePolicy';
  const left: AppliedConfig['document'] = isPolicy ? { ...named, spec: { ...Object(spec), selector: NOBODY } } : named;
  return { ...applied, document: left, revision: revisionOf({ kind: applied.kind, spec: left.spec ?? null }) };
}

/** As it was written, also where this version cannot read it. */
function selectorIn({ document: { spec } }: AppliedConfig): Record<string, unknown> | undefined {
  const { selector } = Object(spec) as { selector?: unknown };
  return typeof selector === 'object' && selector !== null ? { ...selector } : undefined;
}

/** A label that is there and is not. */
const NOBODY = {
  matchExpressions: [
    { key: 'liftlock/deleted', operator: 'Exists' },
    { key: 'liftlock/deleted', operator: 'DoesNotExist' },
  ],
};

function usersOf(table: Table, applied: AppliedConfig) {
  if (applied.kind === 'UpgradePolicy') return policyUsers(table, applied);
  if (applied.kind === 'Calendar') return calendarUsers(table, applied.name);
  if (applied.kind === 'Channel') return channelUsers(table, applied.name);
  return { users: [], checks: [] };
}

async function notFound(table: Table, kind: DeletableKind, name: string): Promise<Refusal> {
  const builtIn = kind === 'Channel' ? BUILT_IN_CHANNELS.get(name) : undefined;
  if (builtIn !== undefined)
    return wrongState(
      `The Channel ${name} is built in (target ${builtIn.target}) and cannot be deleted. A Channel of that name that is applied stands in its place: liftlock apply -f FILE`,
    );
  const known = (await loadAppliedConfigs(table, kind)).map((one) => one.name);
  const list = known.length === 0 ? 'None is applied.' : `Applied are ${some(known, 20)}.`;
  return new Refusal('ConfigNotFound', `There is no ${kind} ${name.slice(0, 100)}. ${list}`, { known });
}

function stillUsed(kind: string, name: string, users: readonly string[]): Refusal {
  const { message } = wrongState(`The ${kind} ${name} is not deleted, since it is in use. ${someSentences(users, 10)}`);
  return new Refusal('WrongState', message, { users });
}

/** Whom it leaves without: that keeps nobody from deleting it, since nothing begins there any more. */
async function warningsOf(table: Table, { kind, name }: AppliedConfig): Promise<string[]> {
  const fleet = await loadFleetInForce(table);
  const clusters = (await loadLivingRecords(table)).map((one) => labeled(one, fleet));
  if (kind === 'Calendar') {
    const tagged = clusters.filter(({ tags }) => clusterTags(tags, fleet?.tagPrefix ?? '').calendars.includes(name));
    if (tagged.length === 0) return [];
    return [
      `A tag of ${namesOfClusters(tagged)} names it: nothing begins there before the Calendar is applied again or the tag is changed. A cluster of an open wave that has not begun leaves its rollout within a minute (Excluded, BadTag), and does not come back into that wave.`,
    ];
  }
  if (kind !== 'UpgradePolicy') return [];
  const { policies, unreadable } = readPolicies(await loadAppliedConfigs(table, kind));
  const alone = clusters.filter((cluster) => {
    const match = policyOf(cluster, policies, unreadable);
    return match.type === 'one' && match.policy.metadata.name === name;
  });
  if (alone.length === 0) return [];
  return [
    `No policy selects ${namesOfClusters(alone)} any more: no rollout upgrades what no policy selects.`,
    ...(await leftOpenIn(table, alone, clusters)),
  ];
}

/** Clusters that somebody still has to do something about; a retry is refused there whose rollout of the policy has ended. */
async function leftOpenIn(
  table: Table,
  clusters: readonly ClusterRecord[],
  living: readonly ClusterRecord[],
): Promise<string[]> {
  const controls = await loadAll(
    table,
    ClusterControls,
    clusters.map(({ clusterKey }) => ClusterControls.key(clusterKey)),
  );
  const held = controls.flatMap((one) => (one.held === undefined ? [] : one.clusterKey));
  // What an abort has left parked half-way does not keep a policy from being deleted.
  const halfDone = ofKind(await table.queryActive(), Upgrades).flatMap((one) => (one.mutated ? one.clusterKey : []));
  const keys = new Set([...held, ...halfDone]);
  const [first, ...others] = clusters.filter(({ clusterKey }) => keys.has(clusterKey));
  if (first === undefined) return [];
  return [
    `Held or half done among them: ${namesOfClusters([first, ...others])}. Once no policy selects a cluster, no rollout that has ended tries it again. What a person does about each then says: liftlock explain cluster ${apart(living, ({ name }) => name, shortId)(first)}`,
  ];
}

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
