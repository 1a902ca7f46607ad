import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Member, type ReconcileMarker, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hopTo, isRollback } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { startOnce } from '../model/start-once.ts';
import { FLEET, fleetSpec } from '../policy/applied.ts';
import { loadedRules } from '../policy/load-rules.ts';
import { readRules } from '../policy/read-rules.ts';
import type { Ports } from '../ports/ports.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { type GrantRequest, grantUpgrade } from '../protocol/grant.ts';
import { turnGivenBack, without, withoutHoldOf } from '../protocol/rollback.ts';
import { waveStatusChanged } from '../protocol/settle.ts';
import { waveGoingOn, waveWithout, withoutPlace } from '../protocol/settle-decision.ts';
import {
  changeOnce,
  memberChanged,
  NOTHING,
  rolloutChanged,
  rolloutEntry,
  upgradeChanged,
  waveChanged,
} from '../store/change.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Grants,
  Members,
  ReconcileMarkers,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { load, type Read, replace, unchanged } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { applyReplan, followPlan } from './apply-replan.ts';
import { createRollout } from './create-rollout.ts';
import type { Decision } from './decisions.ts';
import { applyCarried } from './earlier-rollouts.ts';
import { leftBehind } from './left-behind.ts';
import { passedBefore, stillSeen } from './rest-on-waves.ts';
import { applyRest } from './waits-for-rest.ts';
import { turnedWave } from './wave-end.ts';
import { askWaveHook, HOOKS_FORGOTTEN } from './wave-hooks.ts';

type ApplyPorts = Pick<Ports, 'table' | 'clock' | 'executions' | 'events' | 'hooks' | 'ids'>;

/**
 * Carries out one decision, if what it rests on is still so. `look-after-grant` is carried out elsewhere, since it takes several writes. `marker`:
 * the marker of the look that made the decision.
 */
export async function applyDecision(
  ports: ApplyPorts,
  decision: Exclude<Decision, { type: 'look-after-grant' }>,
  marker?: Read<ReconcileMarker>,
): Promise<void> {
  switch (decision.type) {
    case 'create-rollout':
      // Where there is news since that look, the policy may ask for a person now.
      await createRollout(ports, decision.plan, LIFTLOCK, [unchanged(ReconcileMarkers, marker)]);
      return;
    case 'change-rollout':
      return changeRollout(ports, decision);
    case 'change-wave':
      return changeWave(ports, decision, marker);
    case 'adjust-wave':
      return adjustWave(ports, decision);
    case 'ask-hook':
      return askWaveHook(ports, decision);
    case 'replan':
      return applyReplan(ports, decision.rollout, decision.changes);
    case 'follow-plan':
      return followPlan(ports, decision.rollout.id);
    case 'carry-traits':
      return applyCarried(ports, decision);
    case 'tell-rest':
      return applyRest(ports, decision);
    case 'drop-rollback':
      return dropRollback(ports, decision.wave, decision.clusterKey);
    case 'change-member':
      return changeMember(ports, decision.member, decision.status, decision.reasons);
    case 'cancel-upgrade':
      return cancelUpgrade(ports, decision.upgrade, decision.reasons);
    case 'grant-member': {
      const { clusterKey, rolloutId, waveIndex } = decision.member;
      const { upgradeId, from, to, failures } = decision;
      return grantAndStart(ports, {
        clusterKey,
        upgradeId,
        machine: 'upgrade-cluster',
        from,
        to,
        requestedBy: LIFTLOCK,
        member: { rolloutId, waveIndex, failures },
      });
    }
    case 'grant-upgrade': {
      const { clusterKey, id: upgradeId, machine, from, to, requestedBy, input } = decision.upgrade;
      return grantAndStart(ports, { clusterKey, upgradeId, machine, from, to, requestedBy, ...given({ input }) });
    }
  }
}

async function grantAndStart(ports: ApplyPorts, request: GrantRequest): Promise<void> {
  const result = await grantUpgrade(ports, request);
  if ('refused' in result) return;
  const { machine, executionName, input } = result.granted;
  // A start that was not acknowledged is repeated at the next tick.
  await startOnce(ports.executions, machine, executionName, input);
}

async function changeRollout(
  ports: ApplyPorts,
  { rollout: decided, waves: seen, status, reasons }: Extract<Decision, { type: 'change-rollout' }>,
): Promise<void> {
  await changeOnce(ports, async (at) => {
    const read = await load(ports.table, Rollouts, decided.id);
    if (read === undefined || read.data.status !== decided.status) return NOTHING;
    // A retry opens a wave again and does not change the rollout's item, so the waves are checked too: their counts decide how the rollout ends.
    const waves = await stillSeen(ports, decided.id, seen);
    if (waves === undefined) return NOTHING;
    const next: Rollout = {
      ...read.data,
      status,
      reasons: [...reasons],
      endedAt: at.toISOString(),
      waitsSince: undefined,
    };
    return {
      ...NOTHING,
      writes: [replace(Rollouts, read, next), ...waves],
      record: [rolloutEntry(decided.id, `Rollout${status}`, LIFTLOCK, { reasons })],
      events: ([change]) => [rolloutChanged(next, change)],
    };
  });
}

async function changeWave(
  ports: ApplyPorts,
  { wave: decided, status, reasons, policyRevision, limits = {} }: Extract<Decision, { type: 'change-wave' }>,
  marker: Read<ReconcileMarker> | undefined,
): Promise<void> {
  await changeOnce(ports, async (at) => {
    const rollout = await load(ports.table, Rollouts, decided.rolloutId);
    const read = await load(ports.table, Waves, decided.rolloutId, decided.index);
    // The counts of a wave decide how it ends: where it has moved since, for instance by a grant that this very tick has looked after, it is decided
    // anew.
    if (read === undefined || !isSame(read.data, decided)) return NOTHING;
    // Nothing begins in a rollout that was paused or aborted since the decision.
    const { policy = '', policyRevision: planned, status: ofRollout = 'Aborted' } = rollout?.data ?? {};
    const begins = decided.status === 'Pending' && !AT_REST.includes(ofRollout);
    if ((begins || status === 'Open') && ofRollout !== 'Running') return NOTHING;
    // No wave begins, soaks or ends by a policy that has changed since the decision; only halting waits for nothing.
    const revision = begins ? planned : status === 'Halted' ? undefined : policyRevision;
    const applied = revision === undefined ? undefined : await load(ports.table, Configs, 'UpgradePolicy', policy);
    const isPassedOver = status === 'Skipped' && applied === undefined;
    if (applied?.data.revision !== revision && !isPassedOver) return NOTHING;
    const before = begins && status === 'Open' ? await passedBefore(ports, decided) : [];
    if (before === undefined) return NOTHING;
    const next = turnedWave(read.data, { status, reasons, limits }, at.toISOString());
    return {
      ...NOTHING,
      writes: [
        replace(Waves, read, next),
        ...before,
        unchanged(Rollouts, rollout, decided.rolloutId),
        ...(revision === undefined ? [] : [unchanged(Configs, applied, 'UpgradePolicy', policy)]),
        // No wave begins either where versions, tags or other configuration have changed since that tick read them.
        ...(begins && marker !== undefined ? [unchanged(ReconcileMarkers, marker)] : []),
      ],
      record: [rolloutEntry(decided.rolloutId, `Wave${status}`, LIFTLOCK, { wave: decided.name, reasons, ...limits })],
      events: ([change]) => [waveChanged(next, change)],
    };
  });
}

async function changeMember(
  ports: ApplyPorts,
  decided: Member,
  status: Member['status'],
  reasons: readonly Member['reasons'][number][],
): Promise<void> {
  await changeOnce(ports, async (at) => {
    const rollout = await load(ports.table, Rollouts, decided.rolloutId);
    const read = await load(ports.table, Members, decided.rolloutId, decided.waveIndex, decided.clusterKey);
    const wave = await load(ports.table, Waves, decided.rolloutId, decided.waveIndex);
    // A retry may have let the member in again since the decision: whatever has changed in it, it is decided anew.
    if (read === undefined || wave === undefined || !isSame(read.data, decided)) return NOTHING;
    // The member may be on its way to another wave, which counts it already.
    if (rollout?.data.following !== undefined) return NOTHING;
    const grant = await load(ports.table, Grants, decided.clusterKey);
    if (grant !== undefined && grant.data.status !== 'free') return NOTHING;
    // A hold that a retry has taken off since the decision keeps nobody out.
    const control = await load(ports.table, ClusterControls, decided.clusterKey);
    if ((control?.data.held ?? control?.data.retried) === undefined && reasons.some(({ code }) => code === 'Held'))
      return NOTHING;
    const isLeft = reasons.some(({ code }) => code === 'NeverStarts');
    const checks = isLeft ? await stillNever(ports, read.data, wave.data, rollout?.data, at) : [];
    if (checks === undefined) return NOTHING;
    const out = status === 'Excluded' ? await takenOutAs(ports.table, read.data, reasons) : { status, checks: [] };
    const next = withoutPlace(read.data, out.status, reasons);
    const counted = waveWithout(wave.data, read.data, next, at);
    const goesOn = next.status === 'Pending' || next.status === 'Parked';
    const isGone = reasons.some(({ code }) => code === 'Gone');
    const waveNext = goesOn ? waveGoingOn(counted) : isGone ? without(counted, 'goingBack', next.clusterKey) : counted;
    return {
      ...NOTHING,
      writes: [
        ...[...checks, ...out.checks],
        replace(Members, read, next),
        replace(Waves, wave, waveNext),
        unchanged(Grants, grant, decided.clusterKey),
        unchanged(ClusterControls, control, decided.clusterKey),
        unchanged(Rollouts, rollout, decided.rolloutId),
      ],
      record: memberEntries(next, wave.data, waveNext),
      events: ([change]) => [
        ...(next.status === read.data.status ? [] : [memberChanged(next, wave.data, change)]),
        ...waveStatusChanged(wave.data, waveNext, change),
      ],
    };
  });
}

/** What the rollout's record keeps of a member that has changed, and of its wave where that has another status with it. */
const memberEntries = ({ rolloutId, clusterKey, status, reasons }: Member, wave: Wave, waveNext: Wave) => [
  rolloutEntry(rolloutId, `Member${status}`, LIFTLOCK, { clusterKey, reasons }),
  ...(waveNext.status === wave.status
    ? []
    : [rolloutEntry(rolloutId, `Wave${waveNext.status}`, LIFTLOCK, { wave: wave.name, reasons: waveNext.reasons })]),
];

/**
 * Checks that everything which says that the member never starts is still as read. Undefined where a tag, the policy or a calendar has changed and
 * the member may start.
 */
async function stillNever(
  { table }: ApplyPorts,
  member: Member,
  wave: Wave,
  rollout: Rollout | undefined,
  now: Date,
): Promise<WriteOperation[] | undefined> {
  const cluster = await load(table, Clusters, member.clusterKey);
  const fleet = await load(table, Configs, 'Fleet', FLEET);
  const place = rollout && { rollout, wave };
  const { rules, checks } = loadedRules(await readRules(table, cluster?.data, fleetSpec(fleet?.data), place));
  if (rollout?.status !== 'Running' || rules === undefined || leftBehind(rules, wave, member, now) === undefined)
    return undefined;
  return [...checks, unchanged(Clusters, cluster, member.clusterKey), unchanged(Configs, fleet, 'Fleet', FLEET)];
}

/** A success counts no more that was being taken back; a member that had not succeeded stays as it is. */
async function dropRollback(ports: ApplyPorts, wave: Wave, clusterKey: string): Promise<void> {
  const member = await load(ports.table, Members, wave.rolloutId, wave.index, clusterKey);
  if (member?.data.status === 'Succeeded') {
    const said = `The cluster ${member.data.name} was deleted while it was taken back, so that it proves nothing.`;
    return changeMember(ports, member.data, 'Failed', [reason('Gone', said)]);
  }
  const goingBack = wave.goingBack?.filter((key) => key !== clusterKey);
  return adjustWave(ports, { type: 'adjust-wave', wave, changes: { goingBack }, event: 'WaveGoesOn', reasons: [] });
}

/** Changes numbers of a wave and leaves its status. A write that no person needs to know of (a gate was read again) leaves no audit. */
async function adjustWave(
  ports: ApplyPorts,
  { wave: decided, changes, event, reasons, policyRevision, seen = [] }: Extract<Decision, { type: 'adjust-wave' }>,
): Promise<void> {
  const { rolloutId, index, name } = decided;
  await changeOnce(ports, async () => {
    const read = await load(ports.table, Waves, rolloutId, index);
    if (read === undefined || read.data.status !== decided.status) return NOTHING;
    // Two reconcilers that saw the same write it once: where these values have moved since, they are decided anew.
    const touched = Object.keys(changes) as (keyof Wave)[];
    if (!touched.every((key) => isSame({ value: read.data[key] }, { value: decided[key] }))) return NOTHING;
    // The approval of a rule is recorded like the approval of a person.
    const approval = event === 'WaveApproved' ? changes.approvals?.at(-1) : undefined;
    const detail = { wave: name, index, ...(approval ?? { changes }), reasons };
    const writes = [replace(Waves, read, { ...read.data, ...changes })];
    if (event === undefined) return { ...NOTHING, writes };
    // Numbers and rules of a policy that has changed since are not applied, and nothing is in a rollout that was aborted.
    const rollout = await load(ports.table, Rollouts, rolloutId);
    const { policy = '', status = 'Aborted' } = rollout?.data ?? {};
    const applied = await load(ports.table, Configs, 'UpgradePolicy', policy);
    const isOutdated = policyRevision !== undefined && applied?.data.revision !== policyRevision;
    // A rule approves a wave by the counts of earlier waves, so these are checked.
    const waves = seen.length === 0 ? [] : await stillSeen(ports, rolloutId, seen);
    if (AT_REST.includes(status) || isOutdated || waves === undefined) return NOTHING;
    const after = { ...decided, reasons: [...reasons] };
    const checks = [
      ...waves,
      unchanged(Rollouts, rollout, rolloutId),
      unchanged(Configs, applied, 'UpgradePolicy', policy),
    ];
    return {
      ...NOTHING,
      writes: [...writes, ...checks],
      record: [rolloutEntry(rolloutId, event, LIFTLOCK, detail)],
      events: ([change]) => (event === HOOKS_FORGOTTEN ? [] : [waveChanged(after, change, ABOUT[event] ?? 'limits')]),
    };
  });
}

/** What a change is about that leaves the status of its wave, by its name in the audit. */
const ABOUT: Readonly<Record<string, 'approval' | 'gates'>> = { WaveGatesChanged: 'gates', WaveApproved: 'approval' };

const WAITING: readonly Upgrade['status'][] = ['Parked', 'Pending'];

/** A waiting upgrade whose cluster is gone ends as Canceled; the place that it kept in its wave is given back. */
async function cancelUpgrade(
  ports: ApplyPorts,
  decided: Upgrade,
  reasons: readonly Upgrade['reasons'][number][],
): Promise<void> {
  const { clusterKey, rolloutId, waveIndex } = decided;
  await changeOnce(ports, async (at) => {
    const read = await load(ports.table, Upgrades, clusterKey, decided.id);
    const grant = await load(ports.table, Grants, clusterKey);
    if (
      read === undefined ||
      !isSame(read.data, decided) ||
      !WAITING.includes(read.data.status) ||
      (grant !== undefined && grant.data.status !== 'free')
    )
      return NOTHING;
    const told: { next: Member; wave: Wave; waveNext: Wave }[] = [];
    const end = { resumeAt: undefined, endedAt: at.toISOString() };
    const canceled: Upgrade = { ...read.data, ...end, status: 'Canceled', reasons: [...reasons] };
    const operations: WriteOperation[] = [replace(Upgrades, read, canceled), unchanged(Grants, grant, clusterKey)];
    if (rolloutId !== undefined && waveIndex !== undefined) {
      const member = await load(ports.table, Members, rolloutId, waveIndex, clusterKey);
      const wave = await load(ports.table, Waves, rolloutId, waveIndex);
      if (member !== undefined && wave !== undefined) {
        const out = await takenOutAs(ports.table, member.data, reasons);
        const next = withoutPlace(member.data, out.status, reasons);
        const waveNext = waveWithout(wave.data, member.data, next, at);
        operations.push(...out.checks, replace(Members, member, next), replace(Waves, wave, waveNext));
        told.push({ next, wave: wave.data, waveNext });
      }
    }
    if (isRollback(read.data)) {
      const control = await load(ports.table, ClusterControls, clusterKey);
      const free = control && withoutHoldOf(control.data, decided.id);
      if (free !== undefined && free !== control?.data) operations.push(replace(ClusterControls, control, free));
      operations.push(...(await turnGivenBack(ports.table, canceled)));
    }
    const detail = { upgradeId: decided.id, status: 'Canceled', reasons };
    return {
      ...NOTHING,
      writes: operations,
      record: [
        { subject: clusterKey, event: 'UpgradeCanceled', principal: LIFTLOCK, detail },
        ...told.flatMap(({ next, wave, waveNext }) => memberEntries(next, wave, waveNext)),
      ],
      events: ([change, ofMember]) => [
        upgradeChanged(canceled, change),
        ...told.flatMap(({ next, wave, waveNext }) => [
          memberChanged(next, wave, ofMember),
          ...waveStatusChanged(wave, waveNext, ofMember),
        ]),
      ],
    };
  });
}

/**
 * What a member becomes that is taken out of its wave, and what that rests on. A member that goes no further since the target was lowered has succeeded
 * if its own rollout has brought it to the version that it has reached; otherwise it is excluded, and proves nothing.
 */
export async function takenOutAs(
  table: Pick<Table, 'get'>,
  { clusterKey, rolloutId, from }: Member,
  reasons: readonly Reason[],
): Promise<{ readonly status: 'Succeeded' | 'Excluded'; readonly checks: readonly WriteOperation[] }> {
  if (!reasons.some(({ code }) => code === 'LowerTarget')) return { status: 'Excluded', checks: [] };
  const id = hopTo(KubeVersion.parse(from));
  const hop = await load(table, Upgrades, clusterKey, id);
  const isOwn = hop?.data.status === 'Succeeded' && hop.data.rolloutId === rolloutId;
  return { status: isOwn ? 'Succeeded' : 'Excluded', checks: [unchanged(Upgrades, hop, clusterKey, id)] };
}
