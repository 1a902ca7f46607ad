import { addonFits, addonPathProblem } from '../../model/addon-target.ts';
import { issueTexts } from '../../model/issue-text.ts';
import { partPasses } from '../../model/passing-status.ts';
import { sentence } from '../../model/words.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { inRegion, preflightCheck } from './preflight-check.ts';

/** The steps would fail between the control plane and the nodes; this check fails before anything has changed. */
export const addonPath = preflightCheck({
  name: 'AddonIncompatible',
  source: 'eks',
  finds: 'No versions that EKS offers bring an add-on along on the way to the target.',
  observe: ({ cluster, target, addons }) =>
    addons.flatMap(({ addon, info }) => {
      const { addonName } = addon;
      const from = KubeVersion.parse(cluster.version);
      const problem = info && addonPathProblem(addon, info, from, target)?.message;
      if (info !== undefined && problem === undefined) return [];
      return {
        subject: { kind: 'Addon', name: addonName },
        cause: `addon:${addonName}`,
        message: problem ?? `EKS lists no versions of ${addonName}; update or remove it by hand.`,
        fix: `See what EKS offers: aws eks describe-addon-versions ${inRegion(cluster.arn)} --addon-name ${addonName}`,
      };
    }),
});

/** The update of an add-on may repair it. An add-on that already fits is not updated, so its step would fail while it is not well. */
export const addonStatus = preflightCheck({
  name: 'AddonStatus',
  source: 'eks',
  finds: 'An add-on that would stay at its version is not ACTIVE, and does not become so by itself.',
  observe: ({ target, addons }) =>
    addons
      .filter(({ addon }) => addon.status !== 'ACTIVE' && !partPasses(addon.status))
      .map(({ addon, info }) => ({
        severity: info !== undefined && !addonFits(addon, info, target.toString()) ? 'warning' : 'error',
        subject: { kind: 'Addon', name: addon.addonName },
        cause: `addon:${addon.addonName}`,
        message: sentence([`The add-on ${addon.addonName} is ${addon.status}`, ...issueTexts(addon.health)].join('; ')),
        fix: 'Repair it, or remove it (aws eks describe-addon, health.issues).',
      })),
});
