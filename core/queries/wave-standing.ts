import type { UpgradePolicy } from '../config/types.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { approvalRefusals } from '../policy/approvals.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { worstCaseNow } from '../policy/worst-case.ts';
import { AT_REST } from '../rollout/automatic-rollouts.ts';
import { unsettledIn } from '../rollout/wave-end.ts';
import { soakOf } from '../rollout/wave-soak.ts';
import { type GlassStanding, waveGlass } from './glass-standing.ts';

/** Where a wave stands under its policy as applied now: what its item alone does not tell. */
export type WaveStanding = ReturnType<typeof waveStanding>;

/** Of waves that have not ended; a wave whose policy is gone, or cannot be read, asks for nothing that could be told. */
export function waveStanding(
  rollout: Rollout,
  wave: Wave,
  policy: UpgradePolicy | undefined,
  policyAppliedBy: readonly string[],
  now: Date,
) {
  const spec = waveNamed(policy, wave.name);
  const requesters = { policyAppliedBy, rolloutCreatedBy: rollout.createdBy };
  // A rollout that is at rest forecasts nothing, soaks nothing and asks nobody.
  const acts = !AT_REST.includes(rollout.status);
  const soak = acts && wave.status === 'Soaking' ? soakOf(wave, spec, now) : undefined;
  // One in which nobody needs work is passed over, whoever has agreed to it.
  const isEmpty = wave.status === 'Pending' && unsettledIn(wave) === 0;
  const isAsked = acts && !isEmpty && (wave.status === 'Pending' || wave.status === 'Open');
  return {
    index: wave.index,
    /** When its soak will be over if every gate stays green; null while it does not soak, or a gate is not green. */
    soakUntil: soak?.until?.toISOString() ?? null,
    /** How many approvals it asks for; 0 = none. */
    approvalsWanted: spec?.approval?.before === true && !isEmpty ? spec.approval.approvals : 0,
    /** Why it may not begin for want of approval; empty = it may, or has begun. */
    approvalReasons: isAsked ? approvalRefusals(spec, wave, requesters, now) : [],
    /** The most clusters that can fail before nothing more starts; null where nothing starts any more. */
    worstCase: acts ? worstCaseNow(wave) : null,
    /** Where its order to pass windows over stands; null where there is none. */
    breakGlass: waveGlass(wave, policy?.spec.breakGlass, now),
  };
}
