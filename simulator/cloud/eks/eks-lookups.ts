import { clusterArn } from '../../eks/clusters.ts';
import type { FakeEks } from '../../eks/fake-eks.ts';
import type { LaunchTemplateFacts, Lookups } from '../../iam/requirements/requirement.ts';

/** What IAM has to know of resources before it can decide: ARNs with ids that only EKS knows, tags, launch templates. */
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
      const template = /:launch-template\/(?:lt-of-)?(.*)$/.exec(arn)?.[1];
      return template === undefined ? eks.state.clusters[arn]?.tags : (eks.state.templateTags?.[template] ?? {});
    },
    launchTemplateOf(cluster, name, region, account): LaunchTemplateFacts | undefined {
      const nodegroup = nodegroupOf(cluster, name, region, account);
      const template = nodegroup?.launchTemplate;
      if (template === undefined) return undefined;
      return {
        launchTemplateId: template.id ?? `lt-of-${template.name}`,
        // A subnet that another account shares stays its owner's, and so does its ARN.
        taken: (nodegroup?.description.subnets ?? []).map(
          (id) => `arn:aws:ec2:${region}:${eks.state.subnetOwners?.[id] ?? account}:subnet/${id}`,
        ),
        // Most templates tag what they launch; a dump does not say, and what is needed is better asked for than not.
        taggedResourceTypes: ['instance', 'volume'],
      };
    },
  };
}
