/** ARN and creation time identify a cluster, so that one which is deleted and recreated has another key. */
type ClusterKey = string;

export function clusterKey(arn: string, createdAt: Date): ClusterKey {
  return `${arn}@${createdAt.toISOString()}`;
}

export type ClusterArn = NonNullable<ReturnType<typeof parseClusterArn>>;

export function parseClusterArn(text: string) {
  const match = /^arn:(aws[a-z-]*):eks:([a-z0-9-]+):(\d{12}):cluster\/([0-9A-Za-z][0-9A-Za-z_-]{0,99})$/.exec(text);
  if (match === null) return undefined;
  const [arn = '', partition = '', region = '', account = '', name = ''] = match;
  return { arn, partition, region, account, name };
}

/** `111111111111.eu-central-1.web` is unambiguous and short, and needs no escapes in URLs, because a cluster's name has no dot. */
export const shortId = ({ account, region, name }: Pick<ClusterArn, 'account' | 'region' | 'name'>): string =>
  `${account}.${region}.${name}`;

/** An ARN or a key of a cluster with `account.region.name` in place of the ARN: `111111111111.eu-central-1.web@TIME`. Any other text stays. */
export function shortKeyOf(text: string): string {
  const [arn = '', ...created] = text.split('@');
  const place = parseClusterArn(arn);
  return place === undefined ? text : [shortId(place), ...created].join('@');
}

export function arnOf(key: ClusterKey): string {
  return key.slice(0, key.lastIndexOf('@'));
}

/** `web` */
export const clusterNameOf = (key: ClusterKey): string => arnOf(key).split('/').at(-1) ?? key;

/** The short identifier of a key's cluster; the key itself where it contains no cluster ARN. */
export function idOfKey(key: string): string {
  const place = parseClusterArn(arnOf(key));
  return place === undefined ? key : shortId(place);
}

/** The text with the cluster's id in place of its name in commands to paste: where others have that name too, a command with it is refused. */
export const withIdInCommands = (text: string, { name, id }: { readonly name: string; readonly id: string }): string =>
  text.replaceAll(
    new RegExp(`(liftlock (?:[a-z-]+ )+cluster |liftlock access manifest |--cluster )${name}(?![\\w-]|\\.\\w)`, 'g'),
    `$1${id}`,
  );

/** The text without its last sentence where that leads to the explanation of the cluster as it stands: for that explanation itself. */
export const withoutOwnExplanation = (
  text: string,
  { name, id }: { readonly name: string; readonly id: string },
): string =>
  text.replace(new RegExp(`(?<=\\.) [A-Z][^.]*(?<! then says): liftlock explain cluster (${name}|${id})\\.?$`), '');
