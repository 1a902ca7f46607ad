import type { CallFacts, LaunchTemplateFacts, Requirement } from './requirement.ts';
import { PARTITION, text } from './row-kinds.ts';

/** A service accepts a role from a caller only if the caller may pass it. */
export function passRole(resource: string, service = 'eks.amazonaws.com'): Requirement {
  const context = { 'iam:PassedToService': service, 'iam:AssociatedResourceArn': null };
  return { action: 'iam:PassRole', resource, context };
}

/**
 * The permissions of UpdateNodegroupVersion's caller when the group has its own launch template: EKS tries it with the caller's permissions. Actions:
 * https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html and AWS's refusals; the resources are those of RunInstances' authorization.
 */
export function tryLaunchTemplate(call: CallFacts): Requirement[] {
  const { input, lookups, region, account } = call;
  const cluster = text(input, 'clusterName') ?? '';
  const facts = lookups.launchTemplateOf?.(cluster, text(input, 'nodegroupName') ?? '', region, account);
  if (facts === undefined) return [];
  const template = ec2(call, `launch-template/${facts.launchTemplateId}`);
  const launch = { 'ec2:LaunchTemplate': template, 'ec2:IsLaunchTemplateResource': 'true', 'ec2:Region': region };
  const created = { 'ec2:CreateAction': 'RunInstances', 'ec2:Region': region };
  return [
    ...['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions', 'ec2:DescribeSubnets'].map((action) => ({
      action,
      resource: '*',
      context: { 'ec2:Region': region },
    })),
    ...imageParameter(call, facts),
    ...launched(call, facts, template).map((resource) => ({ action: 'ec2:RunInstances', resource, context: launch })),
    ...facts.taken.map((resource) => ({
      action: 'ec2:RunInstances',
      resource,
      context: launch,
      ...sharedWith(call, resource),
    })),
    ...facts.taggedResourceTypes.map((type) => ({
      action: 'ec2:CreateTags',
      resource: ec2(call, `${type}/*`),
      context: created,
    })),
  ];
}

/** The resources of one RunInstances; resources that would be created have no id yet. */
function launched(call: CallFacts, facts: LaunchTemplateFacts, template: string): string[] {
  const { imageId } = facts;
  const isImage = imageId !== undefined && !imageId.startsWith(SSM);
  return [
    template,
    `arn:${PARTITION}:ec2:${call.region}::image/${isImage ? imageId : '*'}`,
    ec2(call, 'instance/*'),
    ec2(call, 'network-interface/*'),
    ec2(call, 'volume/*'),
  ];
}

/**
 * The policy of Resource Access Manager for a resource shared with the caller's account; without it only its owner could use it.
 * https://docs.aws.amazon.com/ram/latest/userguide/security-ram-permissions.html
 */
function sharedWith({ account }: CallFacts, resource: string): Pick<Requirement, 'resourcePolicy'> {
  if (resource.split(':')[4] === account) return {};
  const share = { Effect: 'Allow', Principal: { AWS: account }, Action: 'ec2:RunInstances', Resource: resource };
  return { resourcePolicy: { Version: '2012-10-17', Statement: [share] } };
}

const SSM = 'resolve:ssm:';

/** A template may name its image by a parameter, which is then read. */
function imageParameter({ region, account }: CallFacts, { imageId }: LaunchTemplateFacts): Requirement[] {
  if (!imageId?.startsWith(SSM)) return [];
  const name = imageId.slice(SSM.length).replace(/^\//, '').replace(/:.*$/, '');
  const owner = name.startsWith('aws/service/') ? '' : account;
  const resource = `arn:${PARTITION}:ssm:${region}:${owner}:parameter/${name}`;
  return [{ action: 'ssm:GetParameters', resource, context: {} }];
}

function ec2({ region, account }: CallFacts, resource: string): string {
  return `arn:${PARTITION}:ec2:${region}:${account}:${resource}`;
}
