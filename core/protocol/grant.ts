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
import type { WriteOperation } from '../ports/table.ts';
import { change } from '../store/change.ts';
import { auditEntry } from '../store/changes.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Ledgers,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { batched, dataOfEach, knowing, load, replace, unchanged } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
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
    const { table } = ports;
    const { clusterKey } = request;
    const now = at.toISOString();
    const { rolloutId, waveIndex, failures } = request.member ?? {};
    const isMember = rolloutId !== undefined && waveIndex !== undefined;
    const beforeIds = hopsBefore(request);
    const reader = batched(table);
    const ahead = keysOfRules(table, rolloutId);
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
      Promise.all(beforeIds.map((id) => load(reader, Upgrades, clusterKey, id))),
      isMember ? load(reader, Rollouts, rolloutId) : undefined,
      isMember ? load(reader, Members, rolloutId, waveIndex, clusterKey) : undefined,
      isMember ? loadWaves(table, rolloutId) : [],
      reader.getAll(ahead),
    ]);
    if (cluster === undefined)
      return { result: { refused: [reason('UnknownCluster', 'The cluster is not in the inventory.')] } };
    if (upgrade !== undefined && isGivenUpFor(request.asker, upgrade.data))
      return { result: { refused: upgrade.data.reasons } };
    // A rollback that has ended has given its turn back: a person who starts it again does so at their own word, outside of the queue.
    const back = upgrade !== undefined && Upgrades.active(upgrade.data) ? queueOf(upgrade.data) : undefined;
    const left = isRollback(request)
      ? await waveOfHop(table, { ...request, ...given({ rollbackOf: back }) })
      : undefined;
    const turn = back === undefined ? undefined : left;
    const wave = waves.find((one) => one.data.index === waveIndex);
    const others = waves.filter((one) => one !== wave);
    const earlier = others.filter((one) => one.data.index < (waveIndex ?? 0));
    const fleet = fleetSpec(fleetConfig?.data);
    const known = labeled(cluster.data, fleet);
    const place = rollout && { rollout: rollout.data, wave: wave?.data };
    const { rules, policyAppliedBy, checks } = loadedRules(
      await readRules(table, known, fleet, place, knowing(table, ahead, read)),
    );
    const refused = refusalsAt(momentOf(request, 'grant'), {
      target: KubeVersion.parse(request.to),
      now: ports.clock.now(),
      rules,
      policyAppliedBy,
      ...dataOfEach({ epoch, control, clusterControl, grant, ledger, upgrade, rollout, wave: wave ?? turn, member }),
      fleet,
      cluster: known,
      before: before.map((one) => one?.data),
      earlier: earlier.map((one) => one.data),
      failures: { known: failures, now: failuresOf(waves.map((one) => one.data)) },
    });
    if (refused.length > 0 || epoch === undefined) return { result: { refused } };

    const number = (grant?.data.number ?? 0) + 1;
    const { upgradeId } = request;
    const name =
      request.asker?.name ??
      executionName({ epoch: epoch.data.number, clusterKey, upgradeId, grantNumber: number, nonce: ports.ids.next() });
    const next: Grant = {
      clusterKey,
      number,
      epoch: epoch.data.number,
      status: 'open',
      upgradeId,
      machine: request.machine,
      holder: request.asker?.arn ?? ports.executions.arnFor(request.machine, name),
      executionName: name,
      input: { ...request.input, contract: CONTRACT, cluster: cluster.data.arn, targetVersion: request.to },
      capKeys: isUndo(request) || fleet === undefined ? [] : capKeys(known, fleet),
      ...(isMember ? { rolloutId, waveIndex } : {}),
      children: [],
      grantedAt: now,
    };
    const kept = await keptBefore(reader, upgrade?.data);
    const running = runningUpgrade(request, upgrade?.data, member?.data, kept, now);
    const operations: WriteOperation[] = [
      ...checks,
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
    ];
    if (left !== undefined) {
      const next = waveGoingBack(left.data, clusterKey);
      operations.push(replace(Waves, left, turn === undefined ? next : { ...next, rollingBack: clusterKey }));
    }
    operations.push(...beforeIds.map((id, index) => unchanged(Upgrades, before[index], clusterKey, id)));
    if (rollout !== undefined && wave !== undefined && member !== undefined) {
      operations.push(unchanged(Rollouts, rollout, rollout.data.id));
      // Earlier waves decide whether this one may begin; later waves that have begun count too, since something may have failed in them.
      for (const one of others)
        if (one.data.index < wave.data.index || one.data.status !== 'Pending')
          operations.push(unchanged(Waves, one, one.data.rolloutId, one.data.index));
      operations.push(
        replace(Members, member, {
          ...member.data,
          status: 'Running',
          inFlight: true,
          upgradeId: request.upgradeId,
          reasons: [],
          resumeAt: undefined,
          traits: isGoneOnWith(upgrade?.data, member.data) ? member.data.traits : traitsOf(cluster.data),
          grantedAt: now,
        }),
      );
      const takesPlace = !member.data.inFlight;
      const wasQuarantined = member.data.status === 'Quarantined';
      operations.push(
        replace(Waves, wave, {
          ...wave.data,
          inFlight: wave.data.inFlight + (takesPlace ? 1 : 0),
          quarantined: wave.data.quarantined - (wasQuarantined ? 1 : 0),
          startedAt: wave.data.startedAt ?? now,
        }),
      );
    }
    const { from, to } = request;
    const principal = request.asker === undefined ? LIFTLOCK : request.requestedBy;
    const why = request.asker === undefined ? undefined : running.requestReason;
    const detail = {
      ...{ grantNumber: number, upgradeId, from, to, holder: next.holder },
      ...request.member,
      ...given({ reason: why }),
    };
    const entry = auditEntry(clusterKey, 'Granted', principal, detail);
    return { result: { granted: next }, writes: operations, record: [entry] };
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
