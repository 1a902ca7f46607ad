import type { CallFacts } from './requirement.ts';

type Place = Pick<CallFacts, 'region' | 'account'>;

/** The local cloud is one partition. */
export const PARTITION = 'aws';

/** `arn:aws:<service>:<region>:<account>:<resource>`, in the caller's own account and Region. */
export function arnOf(service: string, { region, account }: Place, resource: string): string {
  return `arn:${PARTITION}:${service}:${region}:${account}:${resource}`;
}

/** A member with a name or an ARN. */
export function nameOrArn(value: string, toArn: (name: string) => string): string {
  return value.startsWith('arn:') ? value : toArn(value);
}
