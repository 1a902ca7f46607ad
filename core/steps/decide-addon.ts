import { unlessGone } from '../contracts/errors.ts';
import { reason } from '../contracts/step-result.ts';
import { type AddonDecision, addonAfter, addonBack, addonBefore, addonFits } from '../model/addon-target.ts';
import { isFinish } from '../model/hop.ts';
import type { Addon } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext } from './context.ts';

export type AddonPhase = NonNullable<StepContext['input']['phase']>;

/** What happens to an add-on in a phase. The check before a rollback asks the same as the step, before anything is changed. */
export async function decideAddon(
  ports: Pick<Ports, 'eks'>,
  context: StepContext,
  addon: Addon,
  phase: AddonPhase,
): Promise<AddonDecision> {
  const { addonName } = addon;
  const [info] = (await unlessGone(() => ports.eks.describeAddonVersions(context.scope, { addonName }))) ?? [];
  if (info === undefined) {
    const todo = phase === 'back' ? 'take it back' : 'update';
    return {
      type: 'stuck',
      reason: reason('AddonUnknown', `EKS lists no versions of ${addonName}; ${todo} or remove it by hand.`),
    };
  }
  const to = context.target.toString();
  if (phase === 'back') return addonBack(addon, info, KubeVersion.parse(context.cluster.version).toString(), to);
  const { upgrade } = context;
  const pins = upgradePins(context);
  const pinned = pins?.addons?.[addonName];
  // A hop of a rollout fixes images only, so its add-ons go where those of any hop go.
  const isOfPlan = pins !== undefined && upgrade !== undefined && isFinish(upgrade);
  if (phase === 'after' && isOfPlan && pinned === undefined && addonFits(addon, info, to)) {
    const said = `${addonName} stays at ${addon.addonVersion}, which fits ${to}: the plan of its rollout names no other version.`;
    return { type: 'keep', reason: reason('AddonFits', said) };
  }
  return phase === 'after'
    ? addonAfter(addon, info, to, pinned)
    : addonBefore(addon, info, KubeVersion.parse(context.cluster.version).toString(), to);
}

/** The versions that a rollout has fixed inside the minor; undefined where it has fixed none. */
export function upgradePins({ upgrade }: StepContext) {
  const { releases, addons } = upgrade ?? {};
  return releases === undefined && addons === undefined ? undefined : { addons };
}
