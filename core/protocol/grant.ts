import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { CONTRACT } from '../contracts/step-input.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { askedAgain } from '../model/asked-for.ts';
import { given } from '../model/given.ts';
import { isRollback } from '../model/hop.ts';
import { FLEET, fleetSpec } from '../policy/applied.ts';
import { capKeys, recount } from '../policy/caps.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { loadedRules } from '../policy/load-rules.ts';
import { keysOfRules, readRules } from '../policy/read-rules.ts';
import { traitsOf } from '../policy/traits.ts';
import { failuresOf } from '../policy/wave-room.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import type { AuditEntry } from '../store/audit.ts';
import { auditEntry, change } from '../store/change.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Ledgers,
  loadWaves,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { batched, dataOfEach, knowing, load, replace, unchanged } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { Asker } from './authority.ts';
import { executionName } from './execution-name.ts';
import { hopsBefore, wellSince } from './hop-before.ts';
import { isGivenUpFor, keptBefore, pinnedBefore } from './left-half-done.ts';
import { heldForRollback, queueOf, waveGoingBack, waveOfHop } from './rollback.ts';
import { momentOf } from './situation.ts';
import { isUndo } from './undo.ts';
import { refusalsAt } from './vetoes.ts';

/** `input`: what a person gave beside cluster and target, e.g. `nodegroup`. */
export interface GrantRequest
  extends Readonly<Pick<Upgrade, 'clusterKey' | 'machine' | 'from' | 'to' | 'requestedBy' | 'input'>> {
  readonly upgradeId: string;
  /** `failures`: how many failures of the rollout the caller knew of when it decided to grant. */
  readonly member?: { readonly rolloutId: string; readonly waveIndex: number; readonly failures: number };
  /** An execution that a person started and that asks for itself; where it is absent the reconciler grants and starts an execution. */
  readonly asker?: Asker;
}

type GrantResult = { readonly granted: Grant } | { readonly refused: readonly Reason[] };

/**
 * Grants a cluster's upgrade in one transaction: the grant goes from free to open with the next number, every cap is counted, the upgrade becomes
 * Running and its member is in flight (protocol.md, Grants).
 */
export function grantUpgrade(
  ports: Pick<Ports, 'table' | 'clock' | 'executions' | 'ids'>,
  request: GrantRequest,
): Promise<GrantResult> {
  return change<GrantResult>(ports, async (at) => {
    const now = at.toISOString();
    const { clusterKey } = request;
    const found = await readAll(ports.table, request);
    if (found.refused !== undefined) return { result: { refused: found.refused } };
    const { epoch, control, fleetConfig, cluster, clusterControl, grant, ledger, upgrade, member, situation } = found;
    const refused = refusalsAt(momentOf(request, 'grant'), { ...situation, now: ports.clock.now() });
    if (refused.length > 0 || epoch === undefined) return { result: { refused } };

    const next = nextGrant(ports, request, { ...found, epoch: epoch.data.number }, now);
    const kept = await keptBefore(ports.table, upgrade?.data);
    const running = runningUpgrade(request, upgrade?.data, member?.data, kept, now);
    return {
      result: { granted: next },
      writes: [
        ...found.checks,
        unchanged(Epochs, epoch),
        unchanged(FleetControls, control),
        unchanged(Configs, fleetConfig, 'Fleet', FLEET),
        unchanged(Clusters, cluster, clusterKey),
        isRollback(request)
          ? replace(ClusterControls, clusterControl, heldForRollback(clusterControl?.data, request, now))
          : unchanged(ClusterControls, clusterControl, clusterKey),
        replace(Grants, grant, next),
        replace(Ledgers, ledger, { counts: recount(ledger?.data.counts ?? {}, next.capKeys, 1) }),
        replace(Upgrades, upgrade, running),
        ...found.before.map(({ id, read }) => unchanged(Upgrades, read, clusterKey, id)),
        ...turnTaken(found, clusterKey),
        ...placeTaken(found, request, now),
      ],
      record: [grantedEntry(next, request, running)],
    };
  });
}

type Found = Extract<Awaited<ReturnType<typeof readAll>>, { readonly refused?: never }>;

/** Everything that a grant rests on, each as it was read, and the situation that the rules judge. */
async function readAll(table: Table, request: GrantRequest) {
  const { clusterKey } = request;
  const { rolloutId, waveIndex, failures } = request.member ?? {};
  const isMember = rolloutId !== undefined && waveIndex !== undefined;
  const reader = batched(table);
  const ahead = keysOfRules(table, rolloutId);
  const readBefore = async (id: string) => ({ id, read: await load(reader, Upgrades, clusterKey, id) });
  const [
    epoch,
    control,
    fleetConfig,
    cluster,
    clusterControl,
    grant,
    ledger,
    upgrade,
    before,
    rollout,
    member,
    waves,
    read,
  ] = await Promise.all([
    load(reader, Epochs),
    load(reader, FleetControls),
    load(reader, Configs, 'Fleet', FLEET),
    load(reader, Clusters, clusterKey),
    load(reader, ClusterControls, clusterKey),
    load(reader, Grants, clusterKey),
    load(reader, Ledgers),
    load(reader, Upgrades, clusterKey, request.upgradeId),
    Promise.all(hopsBefore(request).map(readBefore)),
    isMember ? load(reader, Rollouts, rolloutId) : undefined,
    isMember ? load(reader, Members, rolloutId, waveIndex, clusterKey) : undefined,
    isMember ? loadWaves(table, rolloutId) : [],
    reader.getAll(ahead),
  ]);
  if (cluster === undefined) return { refused: [reason('UnknownCluster', 'The cluster is not in the inventory.')] };
  if (upgrade !== undefined && isGivenUpFor(request.asker, upgrade.data)) return { refused: upgrade.data.reasons };
  // A rollback that has ended has given its turn back: a person who starts it again does so at their own word, outside of the queue.
  const back = upgrade !== undefined && Upgrades.active(upgrade.data) ? queueOf(upgrade.data) : undefined;
  /** The wave of the hop that a rollback takes back. */
  const left = isRollback(request) ? await waveOfHop(table, { ...request, ...given({ rollbackOf: back }) }) : undefined;
  /** The same wave where the rollback waits in its queue. */
  const turn = back === undefined ? undefined : left;
  const wave = waves.find((one) => one.data.index === waveIndex);
  const others = waves.filter((one) => one !== wave);
  const fleet = fleetSpec(fleetConfig?.data);
  const known = labeled(cluster.data, fleet);
  const place = rollout && { rollout: rollout.data, wave: wave?.data };
  const { rules, policyAppliedBy, checks } = loadedRules(
    await readRules(table, known, fleet, place, knowing(table, ahead, read)),
  );
  const situation = {
    target: KubeVersion.parse(request.to),
    rules,
    policyAppliedBy,
    ...dataOfEach({ epoch, control, clusterControl, grant, ledger, upgrade, rollout, wave: wave ?? turn, member }),
    fleet,
    cluster: known,
    before: before.map((one) => one.read?.data),
    earlier: others.filter(({ data }) => data.index < (waveIndex ?? 0)).map(({ data }) => data),
    failures: { known: failures, now: failuresOf(waves.map((one) => one.data)) },
  };
  return {
    ...{ epoch, control, fleetConfig, cluster, clusterControl, grant, ledger, upgrade, before, checks, situation },
    ...{ rollout, member, wave, others, left, turn },
  };
}

function nextGrant(
  { executions, ids }: Pick<Ports, 'executions' | 'ids'>,
  request: GrantRequest,
  { epoch, grant, cluster, situation }: Pick<Found, 'grant' | 'cluster' | 'situation'> & { readonly epoch: number },
  now: string,
): Grant {
  const { clusterKey, upgradeId, machine, asker, member } = request;
  const { fleet, cluster: known } = situation;
  const number = (grant?.data.number ?? 0) + 1;
  const name = asker?.name ?? executionName({ epoch, clusterKey, upgradeId, grantNumber: number, nonce: ids.next() });
  return {
    clusterKey,
    number,
    epoch,
    status: 'open',
    upgradeId,
    machine,
    holder: asker?.arn ?? executions.arnFor(machine, name),
    executionName: name,
    input: { ...request.input, contract: CONTRACT, cluster: cluster.data.arn, targetVersion: request.to },
    capKeys: isUndo(request) || fleet === undefined ? [] : capKeys(known, fleet),
    ...(member === undefined ? {} : { rolloutId: member.rolloutId, waveIndex: member.waveIndex }),
    children: [],
    grantedAt: now,
  };
}

/** What a rollback writes in the wave of the hop that it takes back. */
function turnTaken({ left, turn }: Found, clusterKey: string): WriteOperation[] {
  if (left === undefined) return [];
  const next = waveGoingBack(left.data, clusterKey);
  return [replace(Waves, left, turn === undefined ? next : { ...next, rollingBack: clusterKey })];
}

/** What a rollout's upgrade writes in its wave and for its member, and the other waves that this rests on. */
function placeTaken(
  { rollout, wave, member, others, upgrade, cluster }: Found,
  { upgradeId }: GrantRequest,
  now: string,
): WriteOperation[] {
  if (rollout === undefined || wave === undefined || member === undefined) return [];
  // Earlier waves decide whether this one may begin; later waves that have begun count too, since something may have failed in them.
  const seen = others.filter(({ data }) => data.index < wave.data.index || data.status !== 'Pending');
  return [
    unchanged(Rollouts, rollout, rollout.data.id),
    ...seen.map((one) => unchanged(Waves, one, one.data.rolloutId, one.data.index)),
    replace(Members, member, {
      ...member.data,
      status: 'Running',
      inFlight: true,
      upgradeId,
      reasons: [],
      resumeAt: undefined,
      traits: isGoneOnWith(upgrade?.data, member.data) ? member.data.traits : traitsOf(cluster.data),
      grantedAt: now,
    }),
    replace(Waves, wave, {
      ...wave.data,
      inFlight: wave.data.inFlight + (member.data.inFlight ? 0 : 1),
      quarantined: wave.data.quarantined - (member.data.status === 'Quarantined' ? 1 : 0),
      startedAt: wave.data.startedAt ?? now,
    }),
  ];
}

function grantedEntry({ clusterKey, number, holder }: Grant, request: GrantRequest, running: Upgrade): AuditEntry {
  const { upgradeId, from, to, member, asker, requestedBy } = request;
  return auditEntry(clusterKey, 'Granted', asker === undefined ? LIFTLOCK : requestedBy, {
    ...{ grantNumber: number, upgradeId, from, to, holder },
    ...member,
    ...given({ reason: asker && running.requestReason }),
  });
}

/** Whether an upgrade that has changed its cluster goes on. It is judged by the traits that the cluster had before, not by those it has half-way. */
const isGoneOnWith = (upgrade: Upgrade | undefined, { upgradeId, traits }: Member): boolean =>
  // A member that is tried again has no note of its former traits.
  upgrade?.mutated === true && upgrade.id === (upgradeId ?? upgrade.id) && traits !== undefined;

/**
 * The steps that an attempt keeps. A step that is not done runs again, or finds itself that it is not needed any more (its node group is gone). The
 * baseline of the scan and the memory of a drain stay. A watched smoke check keeps only since when all was well, not what it has compared; one that
 * waits for nodes keeps which nodes.
 */
function stepsToKeep(upgrade: Upgrade): Upgrade['steps'] {
  const { 'smoke-check': smokeCheck, ...others } = upgrade.steps;
  const kept = Object.entries(others).filter(
    ([step, { status }]) => status === 'done' || /^(?:scan-cluster$|drain-nodes\/)/.test(step),
  );
  const since = wellSince(upgrade);
  const watched = smokeCheck &&
    since !== undefined && { ...smokeCheck, status: 'done' as const, detail: { wellSince: since } };
  const waits = smokeCheck?.reasons.some(({ code }) => code === 'OldKubelet') ? smokeCheck : undefined;
  const looked = watched || (waits && { ...waits, detail: undefined });
  return { ...Object.fromEntries(kept), ...(looked && { 'smoke-check': looked }) };
}

function runningUpgrade(
  request: GrantRequest,
  existing: Upgrade | undefined,
  planned: Member | undefined,
  kept: Awaited<ReturnType<typeof keptBefore>>,
  now: string,
): Upgrade {
  const { clusterKey, upgradeId, machine, from, to, requestedBy, member, input, asker } = request;
  const going = existing !== undefined && (existing.status === 'Parked' || existing.status === 'Pending');
  const base: Upgrade = going
    ? { ...existing, steps: stepsToKeep(existing) }
    : {
        clusterKey,
        id: upgradeId,
        machine,
        from,
        to,
        status: 'Pending',
        ...kept,
        requestedBy,
        reasons: [],
        startedAt: now,
      };
  // An upgrade that a person starts belongs to no rollout, whatever rollout it belonged to before.
  const { resumeAt: _, endedAt: __, rolloutId: ___, waveIndex: ____, releases: _____, addons: ______, ...rest } = base;
  // The pinned versions are for the minor that the member arrives at; hops on the way take the newest versions.
  const pins = planned === undefined ? pinnedBefore(existing) : planned.to === to ? planned : undefined;
  return {
    ...rest,
    ...given({ releases: pins?.releases, addons: pins?.addons }),
    ...(member === undefined ? {} : { rolloutId: member.rolloutId, waveIndex: member.waveIndex }),
    ...(input === undefined ? {} : { input: { ...input } }),
    ...(asker === undefined ? {} : { ...askedAgain(base, requestedBy), execution: asker.arn }),
    status: 'Running',
    reasons: [],
  };
}
