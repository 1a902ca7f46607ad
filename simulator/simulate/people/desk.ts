import type { Wave } from '../../../core/contracts/items/rollout.ts';
import { promoteRollout } from '../../../core/operations/promote-rollout.ts';
import { voteOnWave } from '../../../core/operations/vote-on-wave.ts';
import { loadAuthors, upgradePolicy } from '../../../core/policy/applied.ts';
import { approvalRefusals } from '../../../core/policy/approvals.ts';
import { waveNamed } from '../../../core/policy/wave-of.ts';
import type { Table } from '../../../core/ports/table.ts';
import { Configs, Rollouts, Waves } from '../../../core/store/entities.ts';
import { load, loadKind } from '../../../core/store/entity.ts';
import type { World } from '../../process/world.ts';
import type { FaultOf } from '../faults/planned-fault.ts';
import { SeededChoices } from '../fleet/seeded-choices.ts';
import { APPROVERS } from '../fleet/synthetic-waves.ts';
import { hashOf } from './hash-of.ts';
import { lookRegularly } from './look-regularly.ts';
import { tried } from './tried.ts';

const SLOWEST_MINUTES = 45;
const MINUTE = 60_000;

type Approvals = FaultOf<'approvals'>;

/**
 * Simulates people who check for requests every ten minutes and answer each some minutes after it came, by the seed. A fault makes them reject a
 * plan, or never answer. Returns whether an answer is still to come.
 */
export function openDesk(world: World, seed: number, faults: readonly Approvals[]): () => boolean {
  const since = new Map<string, number>();
  const answered = new Set<string>();
  let toCome = false;
  const look = async (): Promise<void> => {
    const now = world.clock.now();
    const questions = await askedOfPeople(world.table, now);
    toCome = false;
    for (const asked of questions) {
      const fault = faults.find((one) => one.wave === asked.wave.name);
      if (fault?.answer === 'never') continue;
      const begun = since.get(asked.key) ?? now.getTime();
      since.set(asked.key, begun);
      const choices = new SeededChoices(hashOf(`${seed} ${asked.key}`));
      for (const by of APPROVERS) {
        const word = `${asked.key} ${by}`;
        const due = begun + choices.integer(0, SLOWEST_MINUTES) * MINUTE;
        if (answered.has(word)) continue;
        if (due > now.getTime()) toCome = true;
        else {
          answered.add(word);
          await answer(world, asked, asWritten(by, hashOf(word)), fault?.answer === 'rejected');
        }
      }
    }
  };
  lookRegularly(world, look);
  return () => toCome;
}

/** It may be refused: four eyes, not an approver, a change meanwhile. */
async function answer(world: World, { wave, what }: Asked, by: string, rejects: boolean): Promise<void> {
  const { rolloutId, name, planHash } = wave;
  const decision = rejects ? 'Rejected' : 'Approved';
  await tried(
    what === 'promotion'
      ? promoteRollout(world.ports, rolloutId, by, 'it may go on')
      : voteOnWave(world.ports, rolloutId, name, { decision, by, planHash }),
  );
}

/** One approver in four is written in another case, and one in the newer form of principals with their kind. Both remain the same person. */
function asWritten(arn: string, chance: number): string {
  const [, account = '', name = ''] = /::(\d+):role\/(.+)$/.exec(arn) ?? [];
  if (chance % 4 === 0) return arn.replace(name, name.toUpperCase());
  return chance % 4 === 1 ? `role:${account}/${name}` : arn;
}

/** A wave that waits for a person. */
interface Asked {
  readonly wave: Wave;
  readonly what: 'approval' | 'promotion';
  /** The same request has the same key; another plan, or expired approvals, make another request. */
  readonly key: string;
}

/** Waves whose plan waits for approval, and waves without proof that wait for a promotion. */
async function askedOfPeople(table: Table, now: Date): Promise<Asked[]> {
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
