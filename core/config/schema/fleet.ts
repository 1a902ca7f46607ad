import { z } from 'zod';
import { TOPIC_ARN } from '../../contracts/names.ts';
import {
  documentSchema,
  imageName,
  labelKey,
  labelValue,
  listOf,
  matching,
  secretArn,
  someOf,
  someText,
  textUpTo,
} from './names.ts';
import { cap } from './quantities.ts';

/** Where the news of one owner goes. News that is not taken there goes to the topic of the hub. */
const ownerAddress = z
  .union(
    [
      z.strictObject({
        topic: matching(TOPIC_ARN, 'is not the ARN of a standard topic of SNS').describe(
          'A standard topic of SNS; the installation has to name it too (ownerTopics).',
        ),
      }),
      z.strictObject({
        webhook: textUpTo(2048).describe('An https URL of a public or allowed host, which is sent JSON by POST.'),
        secret: secretArn.optional(),
      }),
    ],
    'is no address: it is { topic: ARN } or { webhook: URL, secret: ARN }',
  )
  .describe('{ topic: ARN } or { webhook: URL, secret: ARN }.');

/** How many clusters may be upgraded at once. The Fleet's caps hold for everything, and a policy's caps only tighten them. */
export const capsSchema = z.strictObject({
  total: cap.optional().describe('Upgrades at once, in the whole fleet.'),
  perAccount: cap.optional().describe('Upgrades at once, in one AWS account.'),
  perRegion: cap.optional().describe('Upgrades at once, in one Region.'),
  perLabel: z
    .record(labelKey, cap)
    .optional()
    .describe('Upgrades at once, per distinct value of a label; clusters without it count as one value.'),
});

export const accountId = matching(/^\d{12}$/, 'is not an AWS account id: it has 12 digits, in quotes').describe(
  'An AWS account id: 12 digits, in quotes.',
);

export const region = matching(
  /^[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}$/,
  'does not look like an AWS Region; write it as eu-central-1',
).describe('An AWS Region, such as eu-central-1.');

/** The characters of AWS tag keys. AWS reserves the prefix `aws:`. */
const tagText = someText(100)
  .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u, 'has characters that AWS tags do not allow')
  .regex(/^(?!aws:)/i, 'begins with "aws:", which AWS keeps for itself');

const spokeRole = z
  .strictObject({
    name: matching(/^[\w+=,.@-]{1,56}$/, 'is not the name of an IAM role of at most 56 characters')
      .default('LiftlockSpoke')
      .describe('The role that Liftlock assumes in every account, without path.'),
    externalId: matching(
      /^[\w+=,.@:/-]{2,1224}$/,
      'is not an external id: 2 to 1224 letters, digits and _+=,.@:/-',
    ).describe('The external id that the role demands. Not a secret, but yours alone.'),
  })
  .describe(
    'How Liftlock gets into the accounts, as it was deployed (settings spokeRoleName and externalId): applying another one changes nothing, and says so.',
  );

const caps = capsSchema
  .default({})
  .describe('How many clusters may be upgraded at once. They hold over everything, manual starts too.');

const allowedHost = textUpTo(253).regex(
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]+)$/,
  'is not a host: a name or an address in lower case, without port',
);

/** A DNS label, the form of names of namespaces and service accounts. */
const dnsLabel = matching(
  /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  'is not a name of at most 63 lower-case letters, digits and "-"',
);

const hooks = z
  .strictObject({
    jobs: z
      .strictObject({
        namespace: dnsLabel.describe('Where they run, in each cluster. Keep nothing else there.'),
        serviceAccount: dnsLabel.describe('By whose rights they run.'),
        images: someOf(imageName, 100, 'images', 'is empty: name at least one image').describe(
          'Images that policies may name. One without a tag and a digest allows all of its repository.',
        ),
      })
      .describe('Jobs of Kubernetes that hooks may be asked by; absent: none.'),
  })
  .describe('What hooks of policies may do.');

export const fleetSchema = documentSchema(
  'Fleet',
  z
    .strictObject({
      mode: z
        .enum(['observe', 'act'])
        .default('observe')
        .describe('observe: Liftlock only looks. act: it upgrades what policies select.'),
      accounts: listOf(accountId, 10_000, 'accounts').default([]).describe('The AWS accounts of the fleet.'),
      organizationId: matching(/^o-[a-z0-9]{10,32}$/, 'is not the id of an AWS organization, such as o-a1b2c3d4e5')
        .optional()
        .describe('The AWS organization whose accounts belong to the fleet.'),
      regions: someOf(region, 100, 'Regions', 'is empty: name at least one Region').describe(
        'The Regions in which clusters are looked for.',
      ),
      spokeRole,
      caps,
      labels: z
        .strictObject({
          fromTags: z
            .record(labelKey, tagText)
            .default({})
            .describe('label: the tag of the cluster that gives its value.'),
        })
        .default({ fromTags: {} })
        .describe('Where the labels of clusters come from.'),
      tagPrefix: tagText
        .default('liftlock/')
        .describe('What the tags that steer single clusters begin with (<prefix>paused, <prefix>pin-version, …).'),
      allowedHosts: listOf(allowedHost, 1000, 'hosts')
        .default([])
        .describe('Private hosts that URLs in policies may name all the same.'),
      hooks: hooks.optional(),
      owners: z
        .record(labelValue.min(1, 'is empty and names no owner'), ownerAddress)
        .optional()
        .describe('owner: where that team hears of its clusters and findings, by the name that labels give it.'),
    })
    .describe('The fleet: where it is and how much may happen in it at once.'),
).describe('The fleet of clusters that one Liftlock looks after.');
