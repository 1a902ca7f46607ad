import type { Wave } from '../../../core/contracts/items/rollout.ts';
import { loadAuthors, upgradePolicy } from '../../../core/policy/applied.ts';
import { approvalRefusals } from '../../../core/policy/approvals.ts';
import { waveNamed } from '../../../core/policy/wave-of.ts';
import type { Table } from '../../../core/ports/table.ts';
import { Configs, Rollouts, Waves } from '../../../core/store/entities.ts';
import { load, loadKind } from '../../../core/store/entity.ts';

/** A wave that waits for a person. */
export interface Asked {
  readonly wave: Wave;
  readonly what: 'approval' | 'promotion';
  /** The same request has the same key; another plan, or expired approvals, make another request. */
  readonly key: string;
}

/** Waves whose plan waits for approval, and waves without proof that wait for a promotion. */
export async function askedOfPeople(table: Table, now: Date): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const wave of await loadKind(table, Waves)) {
    // An open wave may still wait, because its approvals must be valid when its first cluster starts.
    if (!['Pending', 'Open', 'Undecided'].includes(wave.status)) continue;
    const rollout = (await load(table, Rollouts, wave.rolloutId))?.data;
    if (rollout?.status !== 'Running' && rollout?.status !== 'Paused') continue;
    const key = `${wave.rolloutId}/${wave.index}/${wave.planHash ?? ''}`;
    if (wave.status === 'Undecided') {
      asked.push({ wave, what: 'promotion', key: `${key}/undecided` });
      continue;
    }
    const applied = await load(table, Configs, 'UpgradePolicy', rollout.policy);
    const spec = waveNamed(upgradePolicy(applied?.data), wave.name);
    const { authors } = await loadAuthors(table, applied?.data);
    const requesters = { policyAppliedBy: authors, rolloutCreatedBy: rollout.createdBy };
    const [refusal] = approvalRefusals(spec, wave, requesters, now);
    if (refusal === undefined || refusal.code === 'ApprovalRejected') continue;
    const again = refusal.code === 'ApprovalExpired' ? `/${wave.approvals?.length}` : '';
    asked.push({ wave, what: 'approval', key: `${key}${again}` });
  }
  return asked;
}
