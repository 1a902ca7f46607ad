import { preflightCheck } from './preflight-check.ts';

/**
 * It calls the function that updates the group (core/nodes/managed-groups/custom-image.ts), before the control plane moves and the nodes could no
 * longer follow.
 */
export const customImage = preflightCheck({
  name: 'CustomImage',
  source: 'capacity',
  finds:
    'The AMI that the policy names for a node group with an AMI of its own is missing, deprecated, or of another minor or architecture; or its launch template is not open to Liftlock.',
  isOfRolls: true,
  observe: ({ capacity }) =>
    (capacity?.ownImages ?? []).flatMap(({ nodegroup, refused }) => {
      if (refused === null) return [];
      return {
        subject: { kind: 'Nodegroup', name: nodegroup },
        cause: `image-of:${nodegroup}`,
        message: refused.message,
        fix: 'Build or share the AMI, name it in spec.nodes.images of the policy, or tag the launch template (docs/policies.md).',
      };
    }),
});
