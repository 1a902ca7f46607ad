import { durationMilliseconds } from '../config/schema/quantities.ts';
import { parked, reason, type StepResult } from '../contracts/step-result.ts';
import type { StepContext } from './context.ts';
import type { HopPolicy } from './hop-policy.ts';

/**
 * Between control plane and nodes a cluster runs for a while with its nodes behind, and can be rolled back cheaply: the upgrade parks.
 * It counts from when the control plane was seen to be there. A node group that a person rolls by itself does not wait.
 */
export function stillBaking({ wave }: HopPolicy, context: StepContext, now: Date): StepResult | undefined {
  const { upgrade } = context;
  if (wave?.bake === undefined || upgrade?.machine !== 'upgrade-cluster') return undefined;
  const since = upgrade.controlPlaneCompletedAt ?? upgrade.steps['upgrade-control-plane']?.endedAt;
  if (since === undefined) return undefined;
  const until = new Date(Date.parse(since) + durationMilliseconds(wave.bake));
  if (until <= now) return undefined;
  const said = `The control plane is at ${upgrade.to} since ${since}; it bakes for ${wave.bake} before the nodes follow, until ${until.toISOString()}.`;
  return parked(until, reason('Baking', said));
}
