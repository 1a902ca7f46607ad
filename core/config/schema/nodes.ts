import { z } from 'zod';
import { accountId, region } from './fleet.ts';
import { labelSelectorSchema } from './label-selector.ts';
import { matching, someOf } from './names.ts';
import { positiveDuration } from './quantities.ts';
import { minorPattern } from './target.ts';

export const minor = matching(new RegExp(`^${minorPattern}$`), 'is not a minor; write it in quotes, as "1.36"');
const imageId = matching(/^ami-[0-9a-f]{8,17}$/, 'is not the id of an AMI such as ami-0123456789abcdef0');

const VERSION = '{version}';

const imageRule = z
  .strictObject({
    nodegroups: someOf(
      z.string().min(1, 'is empty').max(63, 'is longer than the name of a node group'),
      50,
      'names',
      'is empty: leave it out where every node group with an AMI of its own is meant',
    )
      .optional()
      .describe('Names of node groups; * stands for any text. Absent = every one that has an AMI of its own.'),
    table: z
      .record(minor, z.record(region, imageId).describe('By Region.'))
      .optional()
      .describe('The AMI for each minor in each Region: { "1.36": { eu-central-1: ami-0123456789abcdef0 } }.'),
    tags: z
      .record(z.string().min(1, 'is empty').max(128), z.string().max(256))
      .refine((tags) => Object.keys(tags).length <= 10, 'lists more than 10 tags')
      .refine(
        (tags) => Object.values(tags).some((value) => value.includes(VERSION)),
        `names no minor: one of its values has to have ${VERSION} in it, or an image of another minor would be taken`,
      )
      .optional()
      .describe(`Tags of the AMI, ${VERSION} for the minor. The newest that has all of them is taken.`),
    parameter: matching(
      /^\/?[a-zA-Z0-9_.\-/]*\{version\}[a-zA-Z0-9_.\-/]*$/,
      `is not the name of a parameter of Systems Manager with ${VERSION} in it, such as /images/eks-{version}`,
    )
      .max(1011)
      .optional()
      .describe(
        `Name of a parameter of Systems Manager that holds the id of the AMI, ${VERSION} for the minor, in the cluster's account and Region or of AWS's own (/aws/service/…).`,
      ),
    owners: someOf(z.union([z.literal('self'), accountId], 'is neither self nor an account id'), 10, 'accounts')
      .default(['self'])
      .describe("Whose images count for tags: self is the cluster's account."),
  })
  .refine(
    ({ table, tags, parameter }) => [table, tags, parameter].filter((one) => one !== undefined).length === 1,
    'needs one of table, tags and parameter',
  )
  .describe('Which AMI the node groups go to: by table, by tags, or as a parameter says.');

const PER_CENT = 100;
const share = z.int().min(1, 'is less than 1').max(PER_CENT, 'is more than 100');

/** NodegroupUpdateConfig of EKS (https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html). */
const updateConfig = z
  .strictObject({
    maxUnavailable: share
      .optional()
      .describe(
        'So many nodes of a group are replaced at once; in a group that may have fewer, so many as it may have.',
      ),
    maxUnavailablePercentage: share
      .optional()
      .describe('So many percent of its nodes are replaced at once, 100 nodes at most.'),
    updateStrategy: z
      .enum(['DEFAULT', 'MINIMAL'])
      .optional()
      .describe(
        'DEFAULT: new nodes come before old ones go; MINIMAL: old ones go first. Absent = as the group has it.',
      ),
  })
  .refine(
    ({ maxUnavailable, maxUnavailablePercentage }) =>
      (maxUnavailable === undefined) !== (maxUnavailablePercentage === undefined),
    'needs one of maxUnavailable and maxUnavailablePercentage',
  )
  .describe(
    'How EKS replaces the nodes of a group while Liftlock rolls it. A group that has other settings gets these before its roll, and its own back afterwards. Absent = each group as it is set.',
  );

export const nodesSchema = z
  .strictObject({
    updateConfig: updateConfig.optional(),
    images: someOf(imageRule, 50, 'rules')
      .optional()
      .describe(
        'Which AMI node groups with an AMI of their own (amiType CUSTOM) go to; the first rule that names one counts. Absent = they stay as they are.',
      ),
    podEvictionFailure: z
      .strictObject({
        retries: z
          .int()
          .min(1, 'retries nothing: leave it out')
          .max(50, 'is more than 50: a budget that allows nothing has to be changed by its owner')
          .describe('So often one node group is rolled again in an upgrade.'),
        pause: positiveDuration
          .default('30m')
          .describe('Time between the end of one try and the beginning of the next.'),
        force: z
          .strictObject({
            after: positiveDuration.describe(
              'So long after the beginning of the first of these rolls of a node group the next one is sent by force, once for each group: EKS deletes pods that are not evicted within 15 minutes. The upgrade waits for that when the tries are used up.',
            ),
            selector: labelSelectorSchema
              .refine(
                ({ matchLabels, matchExpressions, when }) =>
                  Object.keys(matchLabels).length + matchExpressions.length > 0 || when !== undefined,
                'names no clusters: say where pods may be deleted against their budgets, such as matchLabels: { environment: dev }',
              )
              .describe('Which clusters; others are never rolled by force.'),
          })
          .optional()
          .describe('Where budgets give way in the end. Absent = never.'),
      })
      .optional()
      .describe(
        'What happens when EKS ends a roll because a pod was not evicted within 15 minutes. Absent = the upgrade fails and the cluster is held.',
      ),
  })
  .refine((nodes) => Object.keys(nodes).length > 0, 'says nothing: leave it out')
  .describe('How managed node groups are rolled.');
