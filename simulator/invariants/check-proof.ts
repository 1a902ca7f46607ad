import type { Member, Wave } from '../../core/contracts/items/rollout.ts';
import { LIFTLOCK } from '../../core/contracts/names.ts';
import { upgradePolicy } from '../../core/policy/applied.ts';
import { Configs, Rollouts, Waves } from '../../core/store/entities.ts';
import { type Check, type Moment, membersOf, type Violation } from './history.ts';

const PASSED: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Soaking'];
/** A person may let a wave without proof pass; a wave that soaks has passed already. */
const MAY_PROVE: readonly Wave['status'][] = ['Pending', 'Open', 'Undecided'];

/**
 * 19 `proof`: no wave passes by itself with fewer judged members than its policy requires, or than there are to upgrade; members that were set aside
 * or blocked are not judged (semantics.md, Waves).
 */
export const checkProof = (): Check => (moment) =>
  moment.item.principal !== LIFTLOCK
    ? []
    : moment.store.written(Waves).flatMap(({ before, after }) => {
        const passes = before !== undefined && MAY_PROVE.includes(before.status) && PASSED.includes(after.status);
        return passes ? unproved(moment, before, after) : [];
      });

function unproved({ item, store }: Moment, before: Wave, wave: Wave): Violation[] {
  const rollout = store.get(Rollouts, wave.rolloutId);
  if (rollout?.status === 'Aborted') return [];
  const spec = upgradePolicy(store.get(Configs, 'UpgradePolicy', rollout?.policy ?? ''))?.spec.waves.find(
    ({ name }) => name === wave.name,
  );
  if (spec?.onUndecided === 'pass') return [];
  const members = membersOf(store, { rolloutId: wave.rolloutId, waveIndex: wave.index });
  const isHeld = ({ reasons }: Member) => reasons.some(({ code }) => code === 'Held');
  const taken = members.filter((one) => one.status !== 'Left' && (one.status !== 'Excluded' || isHeld(one))).length;
  // A member that was removed since the wave opened proves nothing.
  const toUpgrade = before.status === 'Pending' ? taken : Math.max(taken, wave.needWork);
  const own = members.filter(({ isStray }) => isStray !== true);
  const judged = own.filter(({ status }) => status === 'Succeeded' || status === 'Failed').length;
  const wanted = Math.min(spec?.failureBudget.minJudged ?? 1, toUpgrade);
  if (judged >= wanted) return [];
  const message = `the wave ${wave.name} of ${wave.rolloutId} passed at ${item.at} with ${judged} judged of ${wanted} that must be`;
  return [{ invariant: 'proof', message }];
}
