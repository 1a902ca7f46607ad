import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { revisionOf } from '../hash/canonical-json.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { shortId } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import { apart, some, someSentences } from '../model/words.ts';
import { inForce, loadAppliedConfigs, loadFleetInForce, readPolicies } from '../policy/applied.ts';
import { BUILT_IN_CHANNELS } from '../policy/channels.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { policyOf } from '../policy/policy-of.ts';
import type { Table } from '../ports/table.ts';
import { Refusal, wrongState } from '../queries/refusal.ts';
import { endWaiver } from '../scan/fleet/report-store.ts';
import { changeAndTell, moveMark } from '../store/change.ts';
import { auditEntry } from '../store/changes.ts';
import { ClusterControls, Configs, Upgrades } from '../store/entities.ts';
import { load, loadAll, ofKind, replace } from '../store/entity.ts';
import type { OperatorPorts } from './fleet-switch.ts';
import { namesOfClusters } from './names-of-clusters.ts';
import { calendarUsers, channelUsers, policyUsers } from './users-of-config.ts';

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
