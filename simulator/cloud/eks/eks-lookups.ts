import { clusterArn } from '../../eks/clusters.ts';
import type { FakeEks } from '../../eks/fake-eks.ts';
import type { LaunchTemplateFacts, Lookups } from '../../iam/requirements/requirement.ts';

/** Facts about resources that IAM needs for a decision: ARNs with ids that only EKS knows, tags, launch templates. */
export function eksLookups(eks: FakeEks): Lookups {
  const clusterOf = (name: string, region: string, account: string) =>
    eks.state.clusters[clusterArn(account, region, name)];
  const nodegroupOf = (cluster: string, name: string, region: string, account: string) =>
    clusterOf(cluster, region, account)?.nodegroups.find((nodegroup) => nodegroup.name === name);
  return {
    arnOf(kind, [cluster = '', name = ''], region, account) {
      if (kind === 'nodegroup') return nodegroupOf(cluster, name, region, account)?.arn;
      const found = clusterOf(cluster, region, account);
      return kind === 'addon' ? found?.addons.find((addon) => addon.name === name)?.arn : undefined;
    },
    tagsOf(arn) {
      const [, region, account, name] = /^arn:aws:ssm:([^:]*):(\d+):parameter(\/.*)$/.exec(arn) ?? [];
      if (name !== undefined) return eks.state.parameters?.[`${account}/${region}/${name}`]?.tags ?? {};
      const template = /:launch-template\/(?:lt-of-)?(.*)$/.exec(arn)?.[1];
      return template === undefined ? eks.state.clusters[arn]?.tags : (eks.state.templateTags?.[template] ?? {});
    },
    launchTemplateOf(cluster, name, region, account): LaunchTemplateFacts | undefined {
      const nodegroup = nodegroupOf(cluster, name, region, account);
      const template = nodegroup?.launchTemplate;
      if (template === undefined) return undefined;
      return {
        launchTemplateId: template.id ?? `lt-of-${template.name}`,
        // A shared subnet belongs to its owner's account, and so does its ARN.
        taken: (nodegroup?.description.subnets ?? []).map(
          (id) => `arn:aws:ec2:${region}:${eks.state.subnetOwners?.[id] ?? account}:subnet/${id}`,
        ),
        // Most templates tag what they launch. A dump does not say so, and a needless check is better than a missing one.
        taggedResourceTypes: ['instance', 'volume'],
      };
    },
  };
}
