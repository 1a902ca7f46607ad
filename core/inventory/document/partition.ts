/** Regions by what they begin with; all others are in the partition `aws` (AWS General Reference, ARNs and partitions). */
const PARTITIONS: readonly (readonly [string, string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-iso-', 'aws-iso'],
  ['eusc-', 'aws-eusc'],
];

/** The ARN of a cluster of which only account, Region and name are known. */
export function derivedArn(cluster: { readonly accountId: string; readonly region: string; readonly name: string }) {
  const { accountId, region, name } = cluster;
  const partition = PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
  return `arn:${partition}:eks:${region}:${accountId}:cluster/${name}`;
}
