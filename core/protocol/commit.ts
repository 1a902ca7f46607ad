import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { type CallWithoutUpdate, changesNoCluster, type MutatingCall } from '../contracts/mutating-calls.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { Reason } from '../contracts/step-result.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { FLEET, fleetSpec } from '../policy/applied.ts';
import { withFresh } from '../policy/cluster-tags.ts';
import { loadedRules } from '../policy/load-rules.ts';
import { keysOfRules, readRules } from '../policy/read-rules.ts';
import type { Scope } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import type { ItemKey, Table, WriteOperation } from '../ports/table.ts';
import { nextRevision, transactWithAudit } from '../store/audit.ts';
import { auditEntry } from '../store/change.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Intents,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import {
  dataOfEach,
  decideAndWrite,
  type Entity,
  load,
  put,
  type Read,
  readAhead,
  replace,
  unchanged,
} from '../store/entity.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { Asker } from './authority.ts';
import { hasActed, hopsBefore } from './hop-before.ts';
import { mayHaveActed } from './intent-store.ts';
import { momentOf, type Situation } from './situation.ts';
import { refusalsAt } from './vetoes.ts';

/** One change that a step wants. */
export interface WantedChange {
  readonly asker: Asker;
  readonly clusterKey: string;
  readonly scope: Scope;
  readonly step: string;
  /** Node group or add-on; `cluster` for the control plane. */
  readonly subject: string;
  /** Kubernetes version that the change leads to or serves: pins are checked against it. */
  readonly target: KubeVersion;
  /** The cluster's tags as EKS has them now; the inventory may lag behind. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The upgrade as the step has read it: it names most items that the commit rests on, so they are read in one request. */
  readonly upgrade?: Upgrade | undefined;
}

export interface PreparedCall {
  readonly call: (clientRequestToken: string) => MutatingCall | CallWithoutUpdate;
  readonly knownUpdateIds: readonly string[];
  /** Writes for the same transaction, such as the undo entry of the call. */
  readonly beside?: readonly WriteOperation[];
}

/** One commit of one attempt. Where it repeats an intent, it sends the request stored there again, never a new one. */
export interface CommitRequest extends WantedChange, PreparedCall {
  readonly attempt: number;
  readonly repeats: Read<Intent> | undefined;
  /** The item of the call before this one, which has ended; this commit overwrites it, since calls without an update share one item. */
  readonly replaces?: Read<Intent> | undefined;
}

type CommitResult = { readonly committed: Read<Intent> } | { readonly refused: Reason[] };

/**
 * Commits an intent in one transaction with the checks of everything that could forbid the call (protocol.md, One mutating call). When something
 * moved in between, the function decides anew. The same transaction marks the upgrade as *mutated*.
 */
export function commit(ports: Pick<Ports, 'table' | 'clock'>, request: CommitRequest): Promise<CommitResult> {
  return decideAndWrite(async () => {
    const snapshot = await readCommitSnapshot(ports.table, request.clusterKey, request.upgrade, request.tags);
    // Unlike in core/store/change.ts the clock is read after the items: a window that closes while they are read counts as closed.
    const now = ports.clock.now();
    const { name: call } = request.repeats?.data.call ?? request.call('');
    const refused = refusalsOf(snapshot, request, now, call);
    const { epoch, grant, upgrade } = snapshot;
    if (refused.length > 0 || epoch === undefined || grant === undefined || upgrade === undefined) return { refused };

    const { asker, clusterKey, step, subject, attempt } = request;
    const token =
      request.repeats?.data.token ??
      clientRequestToken({ epoch: epoch.data.number, clusterKey, step, subject, attempt });
    const intent: Intent = {
      clusterKey,
      step,
      subject,
      attempt,
      upgradeId: upgrade.data.id,
      grantNumber: grant.data.number,
      epoch: epoch.data.number,
      call: request.repeats?.data.call ?? (request.call(token) as unknown as Intent['call']),
      scope: request.scope,
      token,
      knownUpdateIds: [...request.knownUpdateIds],
      commits: ((request.repeats ?? request.replaces)?.data.commits ?? 0) + 1,
      committedAt: now.toISOString(),
      ...(isOfOne(request.replaces?.data, upgrade.data) ? { answeredBefore: true } : {}),
    };
    const before = request.repeats ?? request.replaces;
    const { commits, grantNumber, upgradeId } = intent;
    const told = { commits, call: intent.call, grantNumber, upgradeId, execution: asker.arn };
    const detail = { step, subject, attempt, ...told };
    await transactWithAudit(
      ports.table,
      [
        ...snapshot.checks,
        mutated(upgrade, intent.call.name, request.beside),
        before === undefined ? put(Intents, intent, 'absent') : replace(Intents, before, intent),
        ...(request.beside ?? []),
      ],
      [auditEntry(clusterKey, 'MutationCommitted', LIFTLOCK, detail)],
      now,
    );
    return {
      committed: {
        key: Intents.keyOf(intent),
        data: intent,
        revision: nextRevision(before?.revision ?? 'absent', now),
      },
    };
  });
}

/** Why the change would not be committed now. A step that waits before it commits asks this; nothing is written. */
export async function refusalsNow(ports: Pick<Ports, 'table' | 'clock'>, change: WantedChange): Promise<Reason[]> {
  const snapshot = await readCommitSnapshot(ports.table, change.clusterKey, change.upgrade, change.tags);
  return refusalsOf(snapshot, change, ports.clock.now());
}

function refusalsOf(
  snapshot: CommitSnapshot,
  { asker, target, tags }: WantedChange,
  now: Date,
  call?: Situation['call'],
): Reason[] {
  const upgrade = snapshot.upgrade?.data;
  const moment = momentOf(upgrade, hasActed(upgrade) ? 'later' : 'first');
  return refusalsAt(moment, { ...situationOf(snapshot), asker, target, tags, call, now });
}

/**
 * Marks the upgrade as one that has changed its cluster. The upgrade is also written where an undo entry is written beside it: a function that ends
 * the upgrade may have read the undo entries before, and this new revision makes it read them again.
 */
function mutated(upgrade: Read<Upgrade>, call: string, beside: CommitRequest['beside'] = []): WriteOperation {
  const { data } = upgrade;
  if (hasActed(data) || changesNoCluster(call))
    return beside.length > 0
      ? replace(Upgrades, upgrade, data)
      : { type: 'check', key: upgrade.key, expect: upgrade.revision };
  const { noChangeYet: _, ...begun } = data;
  return replace(Upgrades, upgrade, { ...begun, mutated: true });
}

/** Whether the intent that is overwritten tells of a call of this same upgrade that may have taken effect. */
const isOfOne = (replaced: Intent | undefined, { id }: Upgrade): boolean =>
  replaced?.upgradeId === id && mayHaveActed(replaced);

type TokenParts = Pick<Intent, 'epoch' | 'clusterKey' | 'step' | 'subject' | 'attempt'>;

/** `clientRequestToken` of a step attempt (protocol.md, Words): the same attempt always sends the same token. 64 characters. */
export function clientRequestToken(parts: TokenParts): string {
  return sha256Hex(canonicalJson({ ...parts }));
}

/** Everything that could forbid a mutating call, read in one go. */
type CommitSnapshot = Awaited<ReturnType<typeof readCommitSnapshot>>;

/**
 * Reads the snapshot strongly consistent. `known` is the upgrade as its step has read it: it names most of the items, so they are read in one
 * request; nothing else rests on it. `tags` are the cluster's tags as EKS has them now.
 */
export async function readCommitSnapshot(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  clusterKey: string,
  known: Upgrade | undefined,
  tags: ClusterRecord['tags'] = {},
) {
  const reader = await readAhead(table, [
    Epochs.key(),
    FleetControls.key(),
    Configs.key('Fleet', FLEET),
    Clusters.key(clusterKey),
    ClusterControls.key(clusterKey),
    Grants.key(clusterKey),
    ...(known === undefined ? [] : keysOfUpgrade(known)),
    ...keysOfRules(table, known?.rolloutId),
  ]);
  const checks: WriteOperation[] = [];
  async function read<Data, Parts extends readonly unknown[]>(
    entity: Entity<Data, Parts>,
    ...parts: Parts
  ): Promise<Read<Data> | undefined> {
    const found = await load(reader, entity, ...parts);
    checks.push(unchanged(entity, found, ...parts));
    return found;
  }
  const epoch = await read(Epochs);
  const control = await read(FleetControls);
  const fleet = await read(Configs, 'Fleet', FLEET);
  const cluster = await read(Clusters, clusterKey);
  const clusterControl = await read(ClusterControls, clusterKey);
  const grant = await read(Grants, clusterKey);
  const upgrade = grant === undefined ? undefined : await load(reader, Upgrades, clusterKey, grant.data.upgradeId);
  const { rolloutId, waveIndex } = upgrade?.data ?? {};
  const rollout = rolloutId === undefined ? undefined : await read(Rollouts, rolloutId);
  let wave: Read<Wave> | undefined;
  let member: Read<Member> | undefined;
  const earlier: Read<Wave>[] = [];
  let before: readonly (Upgrade | undefined)[] = [];
  if (upgrade !== undefined && rolloutId !== undefined && waveIndex !== undefined) {
    // In a halted wave an upgrade that has begun goes on, so only its first change depends on the counters of the waves. A change that a broken glass
    // lets pass depends on its wave as well.
    if (hasActed(upgrade?.data)) {
      wave = await load(reader, Waves, rolloutId, waveIndex);
      if (wave?.data.breakGlass !== undefined) checks.push(unchanged(Waves, wave, rolloutId, waveIndex));
    } else {
      wave = await read(Waves, rolloutId, waveIndex);
      member = await read(Members, rolloutId, waveIndex, clusterKey);
      for (let index = 0; index < waveIndex; index += 1) {
        const one = await read(Waves, rolloutId, index);
        if (one !== undefined) earlier.push(one);
      }
      const hops = hopsBefore(upgrade.data);
      before = (await Promise.all(hops.map((id) => load(reader, Upgrades, clusterKey, id)))).map((one) => one?.data);
    }
  }
  const place = rollout && { rollout: rollout.data, wave: wave?.data };
  const spec = fleetSpec(fleet?.data);
  const tagged = cluster && spec && { ...cluster.data, tags: withFresh(cluster.data.tags, tags, spec.tagPrefix) };
  const { rules, policyAppliedBy, checks: ofRules } = loadedRules(await readRules(table, tagged, spec, place, reader));
  checks.push(...ofRules);
  return {
    epoch,
    grant,
    upgrade,
    control,
    fleet,
    cluster,
    clusterControl,
    rollout,
    wave,
    /** Not read when the upgrade has made its first change already. */
    member,
    /** The waves before this one; none when the upgrade has made its first change already. */
    earlier: earlier.map(({ data }) => data),
    /** The hops before this one; none when the upgrade has made its first change already. */
    before,
    /** What the policy says of the hop; undefined where no policy selects a cluster that a person upgrades. */
    rules,
    policyAppliedBy,
    /** Checks that everything read above is still as it was read; the commit's transaction has them beside its own writes. */
    checks,
  };
}

/** The keys of the upgrade, of its rollout, and of the waves that its first change rests on. */
function keysOfUpgrade(upgrade: Upgrade): ItemKey[] {
  const { clusterKey, id, rolloutId, waveIndex } = upgrade;
  const own = Upgrades.key(clusterKey, id);
  if (rolloutId === undefined || waveIndex === undefined) return [own];
  const waves = Array.from({ length: waveIndex + 1 }, (_, index) => index).slice(hasActed(upgrade) ? waveIndex : 0);
  const ofFirst = hasActed(upgrade)
    ? []
    : [
        Members.key(rolloutId, waveIndex, clusterKey),
        ...hopsBefore(upgrade).map((before) => Upgrades.key(clusterKey, before)),
      ];
  return [own, Rollouts.key(rolloutId), ...ofFirst, ...waves.map((index) => Waves.key(rolloutId, index))];
}

/** The snapshot in the form that vetoes read. */
function situationOf(snapshot: CommitSnapshot): Omit<Situation, 'now' | 'target'> {
  const { fleet, earlier, before, rules, policyAppliedBy, checks: _, ...reads } = snapshot;
  return { ...dataOfEach(reads), fleet: fleetSpec(fleet?.data), earlier, before, rules, policyAppliedBy };
}
