import type { ApprovalRecord } from '../contracts/items/approval.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { loadAuthors, upgradePolicy } from '../policy/applied.ts';
import { clustersOf, mayApprove } from '../policy/approvals.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { Refusal, wrongState } from '../queries/refusal.ts';
import { AT_REST } from '../rollout/automatic-rollouts.ts';
import { changeAndTell } from '../store/change.ts';
import { rolloutEntry, waveChanged } from '../store/changes.ts';
import { Configs, Rollouts, Waves } from '../store/entities.ts';
import { load, type Read, replace, unchanged } from '../store/entity.ts';
import { loadWaves } from '../store/members.ts';
import type { OperatorPorts } from './fleet-switch.ts';

export interface Judgement {
  readonly decision: ApprovalRecord['decision'];
  readonly by: string;
  readonly comment?: string | undefined;
  /** The plan that the person has seen; another one now is refused. Absent = whatever the plan is. */
  readonly planHash?: string | undefined;
}

/** Words of one wave that are kept: more would not be people. */
const MOST_WORDS = 100;

/**
 * Approves or rejects the plan of a wave that has not begun, or takes an approval back from one that has: then nothing new starts in it.
 * Fails with `RolloutNotFound`, `WaveNotFound`, `WrongState`, `PlanChanged` or `NotAllowed`.
 */
export function judgeWave(ports: OperatorPorts, id: string, name: string, judgement: Judgement): Promise<Wave> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    if (AT_REST.includes(rollout.data.status)) {
      const said = `The rollout ${id} is ${rollout.data.status}: nothing begins in it any more, whatever is said of its waves.`;
      throw wrongState(said);
    }
    const wave = await findWave(ports, id, name);
    const config = await load(table, Configs, 'UpgradePolicy', rollout.data.policy);
    const policy = upgradePolicy(config?.data);
    const spec = waveNamed(policy, name);
    const approval = spec?.approval;
    // A wave under way whose name the policy has given up goes by the one that selects its clusters now: whether that asks, and whom, is
    // judged at each grant.
    const isRenamed = policy !== undefined && spec === undefined;
    refuseState(wave.data, approval !== undefined || isRenamed, judgement.decision);
    const isOutdated = config !== undefined && config.data.revision !== rollout.data.policyRevision;
    if (isOutdated && wave.data.status === 'Pending' && judgement.decision === 'Approved') {
      const said = `The policy ${rollout.data.policy} has changed, and the wave ${name} is planned anew within a minute. Look again: liftlock describe rollout ${id}`;
      throw new Refusal('PlanChanged', said);
    }
    const { planHash } = wave.data;
    if (planHash === undefined)
      throw wrongState(`The wave ${name} has no plan that could be approved yet; look again in a minute.`);
    if (judgement.planHash !== undefined && judgement.planHash !== planHash) {
      const said = `The plan of the wave ${name} has changed since you looked: it is ${planHash} now. Look again: liftlock describe rollout ${id}`;
      throw new Refusal('PlanChanged', said, { planHash });
    }
    const { authors, checks } = await loadAuthors(table, config?.data);
    const requesters = { policyAppliedBy: authors, rolloutCreatedBy: rollout.data.createdBy };
    if (approval !== undefined) refuseVoice(approval, judgement, requesters);
    const word: ApprovalRecord = {
      decision: judgement.decision,
      principal: judgement.by,
      at: now.toISOString(),
      planHash,
      clusters: clustersOf(wave.data),
      ...(judgement.comment === undefined ? {} : { comment: judgement.comment }),
    };
    const next: Wave = { ...wave.data, approvals: [...(wave.data.approvals ?? []), word].slice(-MOST_WORDS) };
    const said = `${judgement.by}${judgement.comment === undefined ? '' : `: ${judgement.comment}`}`;
    const reasons = [{ code: judgement.decision, message: said }];
    return {
      result: next,
      writes: [
        replace(Waves, wave, next),
        unchanged(Rollouts, rollout, id),
        unchanged(Configs, config, 'UpgradePolicy', rollout.data.policy),
        ...checks,
      ],
      record: [rolloutEntry(id, `Wave${judgement.decision}`, judgement.by, { wave: name, index: next.index, ...word })],
      events: ([change]) => [waveChanged({ ...next, reasons }, change, 'approval')],
    };
  });
}

/** Fails with `WaveNotFound`. */
export async function findWave({ table }: Pick<OperatorPorts, 'table'>, id: string, name: string): Promise<Read<Wave>> {
  const waves = await loadWaves(table, id);
  const wave = waves.find(({ data }) => data.name === name);
  if (wave !== undefined) return wave;
  const names = waves.map(({ data }) => data.name).join(', ');
  throw new Refusal('WaveNotFound', `The rollout ${id} has no wave ${name.slice(0, 100)}; it has ${names}.`);
}

function refuseState(wave: Wave, asksForApproval: boolean, decision: Judgement['decision']): void {
  if (!asksForApproval) {
    const pause =
      decision === 'Rejected' ? ` To have nothing new start in it: liftlock rollout pause ${wave.rolloutId}` : '';
    throw wrongState(`The wave ${wave.name} asks for no approval: its policy says none.${pause}`);
  }
  if (['Pending', 'Open'].includes(wave.status)) return;
  throw wrongState(`The wave ${wave.name} is ${wave.status}; only one that has not ended can be judged.`);
}

/** Anybody who may approve may reject, the requester too: taking back one's own wish needs no second person. */
function refuseVoice(
  approval: Parameters<typeof mayApprove>[0],
  { decision, by }: Judgement,
  requesters: Parameters<typeof mayApprove>[2],
): void {
  const rules = decision === 'Approved' ? approval : { ...approval, fourEyes: false };
  const reasons = mayApprove(rules, by, requesters);
  if (reasons.length > 0) throw new Refusal('NotAllowed', reasons.map(({ message }) => message).join(' '), { reasons });
}
