import { invalidParameter, minimumOfCli, oneRule, type Refusal, shop } from './refusal.ts';

const principalArn = 'arn:aws:iam::111111111111:role/reader';
const ofShop = { clusterName: 'shop' };

/** Every operation with pages, and what it asks for beside them. */
const lists = [
  ['DescribeAddonVersions', {}],
  ['DescribeClusterVersions', {}],
  ['ListAccessEntries', ofShop],
  ['ListAddons', ofShop],
  ['ListAssociatedAccessPolicies', { ...ofShop, principalArn }],
  ['ListClusters', {}],
  ['ListFargateProfiles', ofShop],
  ['ListInsights', ofShop],
  ['ListNodegroups', ofShop],
  ['ListUpdates', { name: 'shop' }],
] as const;

const world = shop({}, (_, cluster) => {
  const { createdAt } = cluster;
  cluster.accessEntries.push({ principalArn, kubernetesGroups: [], type: 'STANDARD', createdAt, policies: [] });
});

const tooLarge = lists.map(
  ([operation, rest]): Refusal => ({
    name: `pages of 101 from ${operation}`,
    source: '§4.1, §11',
    world,
    operation,
    input: { ...rest, maxResults: 101 },
    ...invalidParameter,
    message: /^maxResults must be between 1 and 100$/,
  }),
);

const wrongToken = lists.map(
  ([operation, rest]): Refusal => ({
    name: `a made-up nextToken for ${operation}`,
    source: 'the API’s model',
    world,
    operation,
    input: { ...rest, nextToken: 'cG9zaXRpb246=' },
    ...invalidParameter,
    message: /^Invalid nextToken$/,
  }),
);

const empty: Refusal = {
  name: 'pages of nothing',
  source: '§4.1, §11',
  world,
  operation: 'ListClusters',
  input: { maxResults: 0 },
  ...invalidParameter,
  message: /^maxResults must be between 1 and 100$/,
  cli: minimumOfCli,
  alike: true,
};

export const pageRefusals: readonly Refusal[] = [...oneRule(...tooLarge), ...oneRule(...wrongToken), empty];
