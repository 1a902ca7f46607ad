import type { MutatingCall } from '../contracts/mutating-calls.ts';
import type { Update, UpdateSubject } from '../ports/eks.ts';

/** The name that stands for the control plane among the subjects of a cluster's settled updates. */
export const CONTROL_PLANE = 'cluster';

/** The subject under which EKS lists the update that a call starts. */
export function subjectOf(call: MutatingCall): UpdateSubject {
  switch (call.name) {
    case 'UpdateClusterVersion':
    case 'RollbackClusterVersion':
    case 'ExtendSupport':
      return { name: call.input.name };
    case 'UpdateNodegroupVersion':
    case 'UpdateNodegroupConfig':
      return { name: call.input.clusterName, nodegroupName: call.input.nodegroupName };
    case 'UpdateAddon':
      return { name: call.input.clusterName, addonName: call.input.addonName };
  }
}

/** The parameter of the update in which EKS repeats what the call asked for; undefined where there is none. */
function requested(call: MutatingCall): { type: string; value: string } | undefined {
  switch (call.name) {
    case 'UpdateClusterVersion':
    case 'RollbackClusterVersion':
      return { type: 'Version', value: call.input.version };
    case 'ExtendSupport':
      return undefined;
    case 'UpdateNodegroupVersion': {
      const { version, releaseVersion, launchTemplate } = call.input;
      if (releaseVersion !== undefined) return { type: 'ReleaseVersion', value: releaseVersion };
      if (version !== undefined) return { type: 'Version', value: version };
      // A group with an AMI of its own has no version: it goes to a version of its launch template.
      const ofTemplate = launchTemplate?.version;
      return ofTemplate === undefined ? undefined : { type: 'LaunchTemplateVersion', value: ofTemplate };
    }
    case 'UpdateNodegroupConfig': {
      const { maxUnavailable, maxUnavailablePercentage } = call.input.updateConfig;
      return maxUnavailablePercentage === undefined
        ? { type: 'MaxUnavailable', value: `${maxUnavailable}` }
        : { type: 'MaxUnavailablePercentage', value: `${maxUnavailablePercentage}` };
    }
    case 'UpdateAddon':
      return { type: 'AddonVersion', value: call.input.addonVersion };
  }
}

/** Whether the update has the target of the call: one that names another version is somebody else's. */
export function hasTargetOf(update: Update, call: MutatingCall): boolean {
  const wanted = requested(call);
  if (wanted === undefined) return true;
  const named = update.params.find((param) => param.type === wanted.type);
  return named === undefined || named.value === wanted.value;
}
