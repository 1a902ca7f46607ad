/** The six parts of an ARN; `resource` is everything after the fifth colon, with further colons. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

const PARTS = 6;

/** The parts of an ARN or of a pattern; undefined where there are fewer than six. */
export function arnParts(arn: string): string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < PARTS || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, PARTS - 1), parts.slice(PARTS - 1).join(':')];
}

export function parseArn(arn: string): Arn | undefined {
  const parts = arnParts(arn);
  if (parts === undefined) return undefined;
  const [, partition = '', service = '', region = '', account = '', resource = ''] = parts;
  return { partition, service, region, account, resource };
}

const ACCOUNT = /^\d{12}$/;

export function isAccountId(text: string): boolean {
  return ACCOUNT.test(text);
}

/** The account that owns a resource; undefined for `*` and for resources that AWS shares with everyone, such as its public parameters. */
export function ownerOf(resource: string): string | undefined {
  const account = parseArn(resource)?.account;
  return account !== undefined && isAccountId(account) ? account : undefined;
}
