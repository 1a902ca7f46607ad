import { addonPathProblem } from '../../model/addon-target.ts';
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
