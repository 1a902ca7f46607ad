import { errorMessage, errorName, isDenied, isNotFound, LOOK_AT_ACCESS } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Grant, UndoEntry, Upgrade } from '../contracts/items/protocol.ts';
import { ACCEPTED_CONTRACTS, type MachineInput, parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import { blocked, parked, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { clusterKey as keyOf, parseClusterArn } from '../model/cluster-key.ts';
import { hopTo } from '../model/hop.ts';
import { pollSeconds } from '../model/poll-seconds.ts';
import { sentence } from '../model/words.ts';
import { loadPolicyForUpgrade, type PolicyForUpgrade } from '../policy/policy-for-upgrade.ts';
import type { Cluster, Scope } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table } from '../ports/table.ts';
import { type Asker, authority, otherTarget } from '../protocol/authority.ts';
import { takenBackReason } from '../protocol/settle-decision.ts';
import { wasTakenBack } from '../protocol/taken-back-by-others.ts';
import { hasEffect, isUndo, loadUndoEntry } from '../protocol/undo.ts';
import { CONTROL_PLANE } from '../protocol/update-subject.ts';
import {
  ClusterNames,
  Clusters,
  Grants,
  namePartition,
  SettledUpdates,
  UndoEntries,
  Upgrades,
} from '../store/entities.ts';
import { batched, decode, load, type Read } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';

/** What every step knows: for whom it acts, and under which grant. */
export interface StepContext {
  readonly asker: Asker;
  readonly input: MachineInput;
  readonly scope: Scope;
  readonly name: string;
  readonly clusterKey: string;
  readonly target: KubeVersion;
  /** As read from EKS at the start of this invocation. For a cluster that is gone, of which only effects are undone, it is as recorded. */
  readonly cluster: Cluster;
  /** Says that the cluster is gone; absent where it exists. */
  readonly gone?: Reason | undefined;
  /** The inventory's record. Most looks at a running update do without it, so it is read when it is first needed. */
  readonly record: () => Promise<ClusterRecord>;
  /** The policy of the upgrade, as of its first use in this invocation. A commit checks the policy in force at that time. */
  readonly policy: () => Promise<PolicyForUpgrade>;
  /** Absent only for read-only machines that a person started. */
  readonly grant: Grant | undefined;
  readonly upgrade: Upgrade | undefined;
  /** The same, with the revision at which it was read. */
  readonly upgradeRead: Read<Upgrade> | undefined;
  /** Updates that were seen to have ended, by the name under which they are kept. A subject that is missing here was not read yet. */
  readonly settled: ReadonlyMap<string, readonly string[]>;
  /** How many updates of any subject this invocation has asked EKS about. */
  readonly asked: { updates: number };
  /** Effects as of the opening of the step, by `effect#subject`, as far as the step uses them at each look. */
  readonly effects: ReadonlyMap<string, Read<UndoEntry> | undefined>;
  readonly startedAt: Date;
}

/** `['silence', NAME]`. A step names the effects that it uses at each look, so that they are read together with its grant. */
export type EffectKey = readonly [UndoEntry['effect'], string];
export type EffectsOf = (clusterKey: string, name: string) => readonly EffectKey[];
const NO_EFFECTS: EffectsOf = () => [];

/** An effect as of the opening of the step, if the step named it; otherwise as it is now. */
export async function effectAsOpened<Effect extends UndoEntry['effect']>(
  table: Pick<Table, 'get'>,
  { effects, clusterKey }: StepContext,
  effect: Effect,
  subject: string,
): ReturnType<typeof loadUndoEntry<Effect>> {
  const key = `${effect}#${subject}`;
  if (!effects.has(key)) return loadUndoEntry(table, clusterKey, effect, subject);
  const opened = effects.get(key);
  return hasEffect(effect)(opened) ? opened : undefined;
}

/** The members that every change of a step has: for whom it is, under which grant, and of which cluster. */
export const wantedFor = ({ asker, clusterKey, scope, target, cluster, upgrade }: StepContext) => ({
  ...{ asker, clusterKey, scope, target, tags: cluster.tags ?? {}, upgrade },
});

export type StepPorts = Pick<Ports, 'table' | 'clock' | 'eks' | 'events'>;

/** The key under which the grant for an ARN was last found. It only tells where to look first; the grant itself names its holder. */
const lastFound = new WeakMap<Pick<Table, 'getAll'>, Map<string, string>>();
const MOST_REMEMBERED = 500;

/** The grant under which this execution may act; undefined when it may act under none. */
export async function grantOf(
  table: Pick<Table, 'getAll' | 'queryPartition'>,
  arn: string,
  asker: Asker,
): Promise<Read<Grant> | undefined> {
  const at = parseClusterArn(arn);
  if (at === undefined) return undefined;
  const reader = batched(table);
  const known = lastFound.get(table) ?? new Map<string, string>();
  lastFound.set(table, known);
  const likely = known.get(arn);
  const first = likely === undefined ? undefined : await load(reader, Grants, likely);
  if (authority(first?.data, asker) !== 'none') return first;
  const names = (await table.queryPartition(namePartition(at))).map((item) => decode(ClusterNames, item).data);
  const grants = await Promise.all(names.map(({ clusterKey }) => load(reader, Grants, clusterKey)));
  const found = grants.findLast((grant) => authority(grant?.data, asker) !== 'none');
  if (found !== undefined) {
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(arn, found.data.clusterKey);
  }
  return found;
}

interface Stored {
  readonly grant: Read<Grant> | undefined;
  readonly upgrade: Read<Upgrade> | undefined;
  /** Updates of the control plane that were seen to have ended; undefined where they were not read. */
  readonly settled?: readonly string[];
  readonly effects?: StepContext['effects'];
}

/**
 * The grant of this execution and its upgrade, from the table. The cluster that exists now is tried first, by its key. The grant may also belong to
 * an earlier cluster of the name.
 */
async function storedFor(
  table: Pick<Table, 'getAll' | 'queryPartition'>,
  input: MachineInput,
  asker: Asker,
  living: string | undefined,
  needs: 'grant' | 'read',
  effectsOf: (clusterKey: string) => readonly EffectKey[],
): Promise<Stored> {
  const read = (clusterKey: string) => storedOf(table, clusterKey, input.targetVersion, needs, effectsOf(clusterKey));
  const now = living === undefined ? undefined : await read(living);
  if (now !== undefined && authority(now.grant?.data, asker) !== 'none') return now;
  const other = await grantOf(table, input.cluster, asker);
  if (other !== undefined) return read(other.data.clusterKey);
  return { grant: undefined, upgrade: undefined, ...(now?.settled === undefined ? {} : { settled: now.settled }) };
}

async function storedOf(
  table: Pick<Table, 'getAll'>,
  clusterKey: string,
  target: string,
  needs: 'grant' | 'read',
  keys: readonly EffectKey[],
): Promise<Stored> {
  const reader = batched(table);
  // Nearly every grant is for the hop to the target, so its upgrade is read together with it.
  const hop = hopTo(KubeVersion.parse(target));
  const [grant, likely, settled, ...found] = await Promise.all([
    load(reader, Grants, clusterKey),
    load(reader, Upgrades, clusterKey, hop),
    // Steps that only read ask about updates of the control plane every time, and steps that change something seldom.
    needs === 'read' ? load(reader, SettledUpdates, clusterKey, CONTROL_PLANE) : undefined,
    ...keys.map(([effect, subject]) => load(reader, UndoEntries, clusterKey, effect, subject)),
  ]);
  const effects = new Map(keys.map(([effect, subject], index) => [`${effect}#${subject}`, found[index]]));
  const id = grant?.data.upgradeId;
  const upgrade = id === undefined || id === hop ? likely : await load(reader, Upgrades, clusterKey, id);
  return { grant, upgrade, effects, ...(needs === 'read' ? { settled: settled?.data.ids ?? [] } : {}) };
}

/**
 * Opens a step: parses its input, finds its grant and reads its cluster. Returns a result instead when there is nothing to act for: a superseded
 * execution, an unknown contract, a cluster that is gone. Fails with `InvalidInput`.
 */
export async function openStep(
  ports: StepPorts,
  stepInput: StepInput,
  needs: 'grant' | 'read',
  effectsOf = NO_EFFECTS,
): Promise<StepContext | StepResult> {
  const input = parseMachineInput(stepInput.input);
  const unknown = unknownContract(input);
  if (unknown !== undefined) return unknown;
  const arn = parseClusterArn(input.cluster);
  if (arn === undefined) throw new Error(`unreachable: ${input.cluster} was validated`);
  const scope: Scope = { account: arn.account, region: arn.region };
  const { arn: executionArn, name: executionName } = stepInput.execution;
  const asker: Asker = { arn: executionArn, name: executionName };
  const looked = await lookAt(ports, scope, arn.name);
  const living = 'cluster' in looked ? keyOf(looked.cluster.arn, looked.cluster.createdAt) : undefined;
  const { grant, upgrade, settled, effects } = await storedFor(ports.table, input, asker, living, needs, (key) =>
    effectsOf(key, arn.name),
  );
  if (grant === undefined && needs === 'grant') {
    const said = 'This execution does not hold the grant of its cluster: another one does, or nobody.';
    return parked(undefined, reason('Superseded', said));
  }
  const target = KubeVersion.parse(input.targetVersion);
  const other = upgrade === undefined ? undefined : otherTarget(upgrade.data, target);
  if (other !== undefined) return parked(undefined, other);
  if ('error' in looked && !isNotFound(looked.error)) {
    // A denial in the middle of an upgrade parks it; before its first change it blocks.
    if (upgrade?.data.mutated !== true || !isDenied(looked.error)) throw looked.error;
    const said = `${arn.name} cannot be read: ${sentence(errorMessage(looked.error))} ${LOOK_AT_ACCESS}`;
    return parked(deniedRetryAt(ports), reason('Denied', said));
  }
  const key = grant?.data.clusterKey ?? living;
  const there = 'cluster' in looked && key === living ? looked.cluster : undefined;
  const another = living === undefined ? '' : ' and another one was created under its name';
  const gone = reason('Gone', `The cluster ${arn.name} was deleted${another}.`);
  // Silences of alarms outlive the cluster.
  const isLeft = there === undefined && key !== undefined && isUndo(upgrade?.data);
  const cluster = isLeft ? asRecorded(await recordOf(ports, key, undefined)) : there;
  if (cluster === undefined || key === undefined) return blocked(gone);
  const known = grant === undefined ? await load(ports.table, Clusters, key) : undefined;
  // A cluster with a grant is in the inventory: nothing is granted otherwise, and no record is ever removed.
  if (grant === undefined && known === undefined) {
    const said = `The cluster ${arn.name} is not in the inventory yet. Add its account and Region to the Fleet and wait for discovery.`;
    return blocked(reason('UnknownCluster', said));
  }
  if (wasTakenBack(upgrade?.data, cluster.version))
    return blocked(takenBackReason(upgrade.data.to, upgrade.data.from, true));
  const record = once(() => recordOf(ports, key, known?.data));
  return {
    asker,
    input,
    scope,
    name: arn.name,
    clusterKey: key,
    target,
    cluster,
    gone: there === undefined ? gone : undefined,
    record,
    policy: once(() => loadPolicyForUpgrade(ports.table, record, upgrade?.data)),
    grant: grant?.data,
    upgrade: upgrade?.data,
    upgradeRead: upgrade,
    settled: new Map(settled === undefined ? [] : [[CONTROL_PLANE, settled]]),
    asked: { updates: 0 },
    effects: effects ?? new Map(),
    startedAt: new Date(stepInput.execution.startTime),
  };
}

/** The end of an execution whose contract this version does not accept; undefined for every other one. */
export function unknownContract({ contract }: MachineInput): StepResult | undefined {
  if (contract === undefined || ACCEPTED_CONTRACTS.includes(contract)) return undefined;
  const accepted = ACCEPTED_CONTRACTS.join(' and ');
  const said = `The execution speaks contract ${contract}; this version takes ${accepted}.`;
  return parked(undefined, reason('UnknownContract', said));
}

/** A cluster that is gone, of which only effects are undone. */
const asRecorded = ({ name, arn, version, status, tags, createdAt }: ClusterRecord): Cluster => ({
  ...{ name, arn, version, status, tags },
  createdAt: new Date(createdAt),
});

async function recordOf(
  { table }: StepPorts,
  clusterKey: string,
  known: ClusterRecord | undefined,
): Promise<ClusterRecord> {
  const record = known ?? (await load(table, Clusters, clusterKey))?.data;
  if (record === undefined) throw new Error(`unreachable: ${clusterKey} has a grant and no record`);
  return record;
}

/** Reads at most once; a read that failed is repeated. */
function once<Data>(read: () => Promise<Data>): () => Promise<Data> {
  let reading: Promise<Data> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}

/** An error is returned and not thrown, because its meaning depends on the grant, which is found afterwards. */
async function lookAt(
  ports: StepPorts,
  scope: Scope,
  name: string,
): Promise<{ readonly cluster: Cluster } | { readonly error: unknown }> {
  try {
    return { cluster: await ports.eks.describeCluster(scope, { name }) };
  } catch (error) {
    return { error };
  }
}

export const isResult = (opened: StepContext | StepResult): opened is StepResult =>
  'reasons' in opened && 'status' in opened && !('asker' in opened);

const RETRY_MINUTES = 10;

/** When an upgrade that was begun looks again after a denial, for new insights, or at a cluster that is being deleted: none must fail it. */
export const deniedRetryAt = (ports: Pick<Ports, 'clock'>): Date =>
  new Date(ports.clock.now().getTime() + RETRY_MINUTES * 60_000);

/** A denial in AWS's words, with the command that looks for its cause. */
export const deniedReason = (error: unknown): Reason =>
  reason('Denied', `${errorName(error)}: ${sentence(errorMessage(error))} ${LOOK_AT_ACCESS}`);

const MINUTE = 60;
const BOUNDS = { least: 5 * MINUTE, most: 240 * MINUTE };
const GIVE_UP_DAYS = 7;

/**
 * Parks while somebody else changes the subject of the step, and looks less and less often: after an eighth of the time that this has taken, from
 * five minutes to four hours. After seven days it will not pass by itself, and the step ends `blocked` with the same reason. The time counts from
 * `begunAt`, when the other's update or creation began, but not from before this upgrade; from its start where nobody knows when the other began.
 */
export function foreignStop(
  ports: Pick<Ports, 'clock'>,
  context: StepContext,
  why: Reason,
  begunAt?: Date,
): StepResult {
  const now = ports.clock.now();
  const started = context.upgrade?.startedAt === undefined ? context.startedAt : new Date(context.upgrade.startedAt);
  const since = begunAt !== undefined && begunAt > started ? begunAt : started;
  if (now.getTime() - since.getTime() >= GIVE_UP_DAYS * 86_400_000) return blocked(why);
  return parked(new Date(now.getTime() + pollSeconds(since, now, BOUNDS) * 1000), why);
}
