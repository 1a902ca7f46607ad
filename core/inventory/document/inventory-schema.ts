import { z } from 'zod';
import { apiVersion } from '../../config/kinds.ts';
import { accountId, region } from '../../config/schema/fleet.ts';
import { labelMap, listOf, matching } from '../../config/schema/names.ts';
import { clusterName } from '../../config/schema/wave.ts';
import { addon, nodegroup, otherNodeGroup, otherNodes, plannedChange } from '../../contracts/items/cluster.ts';
import { reasonSchema, timestamp } from '../../contracts/items/common.ts';
import { learnedDurations } from '../../contracts/items/rollout.ts';
import { latestScans, waivedError } from '../../contracts/items/scan.ts';
import { KubeVersion } from '../../version/kube-version.ts';

const count = z.int().min(0);

const health = { status: z.string().default('ACTIVE'), issues: z.array(z.string()).default([]) };
const writtenNodegroup = nodegroup.extend({ ...health, desiredSize: count.optional() }).strict();
const writtenAddon = addon
  .extend({
    ...health,
    compatible: z.boolean().optional().describe('Whether EKS lists this version for that of the cluster.'),
    wants: z.string().optional().describe('Where it does not: the version to which the add-on is to go.'),
    newer: addon.shape.newer.describe('Newer defaults of that version, with the day on which each was seen first.'),
  })
  .strict();

/** EKS versions a cluster by its minor; its platform version covers patches. */
function minorWords(input: unknown): string {
  const version = KubeVersion.tryParse(String(input));
  return version === undefined
    ? 'is not a Kubernetes version: write "1.34", in quotes'
    : `is not a minor alone: write "${version}", in quotes`;
}

const minor = z.string().regex(/^[1-9]\d{0,2}\.(?:0|[1-9]\d{0,3})$/, { error: ({ input }) => minorWords(input) });

const summary = latestScans.shape.scans.element.shape;
const knownScan = z.strictObject({
  from: minor.optional().describe('The minor that the cluster had then: at another one it says nothing any more.'),
  target: minor.describe('The minor that it was for, in quotes.'),
  scannedAt: summary.scannedAt.describe('When it began.'),
  verdict: summary.verdict.describe('pass lets the hop go on, fail and incomplete stop it in a plan.'),
  gaps: count.default(0).describe('How much could not be read.'),
  causes: z
    .array(summary.causes.element.strict())
    .default([])
    .describe('What was found, one entry for each cause; errors are what an approver is shown.'),
  moreErrors: summary.moreErrors.describe('Digest of the causes that found no place.'),
  waivedUntil: timestamp.optional().describe('When the first waiver that the verdict rests on ends.'),
  waivedErrors: z
    .array(waivedError.strict())
    .optional()
    .describe('Errors of checks of EKS that a waiver covered: they stop no hop.'),
});

/** Members that Liftlock adds when it prints its own inventory. A plan does not need them, so a person need not write them. */
const printed = {
  id: z.string().optional(),
  key: z.string().optional(),
  support: z.unknown().optional(),
  policy: z.string().nullish(),
  wave: z.unknown().optional(),
  target: z.unknown().optional(),
  upgrade: z.unknown().optional(),
  lastSeenAt: z.string().optional(),
  deletedAt: z.string().nullable().optional(),
};

export const inventoryClusterSchema = z
  .strictObject({
    name: clusterName.describe('Its name in EKS.'),
    accountId: accountId.describe('Its AWS account: 12 digits, in quotes.'),
    region: region.describe('Its Region, such as eu-central-1.'),
    kubernetesVersion: minor.describe('The minor that it runs, in quotes.'),
    labels: labelMap.describe('Its labels, as selectors see them.'),
    arn: matching(/^arn:aws[a-z-]*:eks:[a-z0-9-]+:\d{12}:cluster\/.+$/, 'is not the ARN of an EKS cluster')
      .optional()
      .describe('Its ARN; absent = derived from account, Region and name.'),
    createdAt: z.iso
      .datetime({ offset: true, error: 'is not an instant: write 2026-01-31T08:00:00Z' })
      .optional()
      .describe('When it was created; absent = the hashes of plans bind nothing.'),
    tags: z
      .record(z.string(), z.string())
      .default({})
      .describe('Its AWS tags; those with the prefix of the Fleet steer it.'),
    platformVersion: z.string().optional().describe('Its platform version.'),
    status: z.string().default('ACTIVE').describe('As EKS says it.'),
    supportType: z.string().optional().describe('STANDARD or EXTENDED.'),
    authenticationMode: z.string().optional().describe('How its API server knows people.'),
    autoMode: z.boolean().default(false).describe('Whether EKS Auto Mode looks after its nodes.'),
    endpoint: z
      .strictObject({
        publicAccess: z.boolean(),
        privateAccess: z.boolean(),
        publicAccessCidrs: z.array(z.string()).default([]),
      })
      .optional(),
    nodegroups: z.array(writtenNodegroup).default([]).describe('Its managed node groups.'),
    otherNodes: z
      .strictObject({ ...otherNodes.shape, groups: z.array(otherNodeGroup.extend({ count }).strict()) })
      .optional()
      .describe('Its nodes outside managed groups, as a scan or a smoke check last saw them.'),
    fargateProfiles: z.array(z.string()).default([]).describe('Names of its Fargate profiles.'),
    addons: z.array(writtenAddon).default([]).describe('Its EKS add-ons.'),
    insights: z
      .strictObject({
        passing: count.default(0),
        warning: count.default(0),
        error: count.default(0),
        unknown: count.default(0),
        lastRefreshTime: timestamp.optional(),
      })
      .optional(),
    managedBy: z.array(z.string()).default([]).describe('Tools whose marks are on it.'),
    unsupported: z.string().optional().describe('Why Liftlock never touches it.'),
    unreachable: z.string().optional().describe('Why Liftlock cannot read it.'),
    plannedChanges: z
      .array(plannedChange.strict())
      .optional()
      .describe('What AWS Health says that AWS will do, or end, and when.'),
    held: z
      .strictObject({ reason: reasonSchema, since: z.string() })
      .optional()
      .describe('Why nothing starts there until a person releases it.'),
    scans: z
      .array(knownScan)
      .optional()
      .describe('What its last scans found for hops that it has before it, one for each target, the newest first.'),
    state: z.string().optional(),
    ...printed,
  })
  .describe('One cluster.');

/** The document that `liftlock get clusters -o yaml` prints and `liftlock plan --inventory` reads. */
export const inventorySchema = z
  .strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal('Inventory'),
    clusters: listOf(inventoryClusterSchema, 100_000, 'clusters').describe('Every cluster.'),
    learned: learnedDurations
      .strict()
      .optional()
      .describe('Seconds that one hop has taken in this fleet, and the share of hops that failed.'),
  })
  .describe('A fleet at one time.');

/** One cluster as it is written: optional members may be missing. */
export type WrittenCluster = z.input<typeof inventoryClusterSchema>;
export type InventoryCluster = z.output<typeof inventoryClusterSchema>;
export type InventoryDocument = z.output<typeof inventorySchema>;
