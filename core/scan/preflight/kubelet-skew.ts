import { given } from '../../model/given.ts';
import { managedGroup, nodeOwner, type OwnerRef } from '../../model/node-owner.ts';
import type { SkewObservation } from '../judge/observation.ts';
import type { PreflightCheck } from './preflight-check.ts';

/**
 * Checks what EKS knows of groups, those without nodes included. The scan of nodes covers nodes; this check does where a policy leaves that scan out.
 */
export const kubeletSkew: PreflightCheck = {
  name: 'VersionSkew',
  finds: 'Nodes or kube-proxy would be too far behind the API server, or newer than it.',
  observe({ nodegroups, hasMoved, server }) {
    if (hasMoved) return [];
    const ofGroups = nodegroups.flatMap(({ nodegroupName, version }) => {
      if (version === undefined) return [];
      const evidence = [`EKS says that it is at ${version}.`];
      const of = about('Nodegroup', nodegroupName, { kind: 'managed', name: nodegroupName });
      return { ...KUBELET, source: 'eks', ...of, evidence, version } as const;
    });
    const alike = Map.groupBy(server?.nodes ?? [], ({ kubeletVersion, labels, providerId }) =>
      JSON.stringify([nodeOwner(labels, providerId), kubeletVersion]),
    );
    const ofNodes = [...alike.values()].flatMap(([node, ...others]) => {
      if (node === undefined) return [];
      const name = others.length === 0 ? node.name : `${node.name} and ${others.length} more`;
      const evidence = [`Its kubelet is ${node.kubeletVersion}.`];
      const of = about('Node', name, nodeOwner(node.labels, node.providerId));
      return { ...KUBELET, source: 'server', ...of, evidence, version: node.kubeletVersion } as const;
    });
    return [...ofGroups, ...ofNodes];
  },
};

const KUBELET = { type: 'skew', component: 'kubelet', confidence: 'high' } as const;

const about = (
  kind: string,
  name: string,
  owner: OwnerRef,
): Pick<SkewObservation, 'subject' | 'cause' | 'nodegroup'> => ({
  subject: { kind, name },
  cause: `nodegroup:${owner.name ?? 'none'}`,
  ...given({ nodegroup: managedGroup(owner) }),
});
