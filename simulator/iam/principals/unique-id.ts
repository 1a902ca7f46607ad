import { createHash } from 'node:crypto';

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const LENGTH = 17;

/** The id of an identity in IAM (`AROA…` for roles, `AIDA…` for users). It follows from the ARN only, so that it is the same in every run. */
export function uniqueIdOf(prefix: 'AROA' | 'AIDA', arn: string): string {
  const digest = createHash('sha256').update(arn).digest();
  const characters = Array.from({ length: LENGTH }, (_, at) => CHARACTERS[(digest[at] ?? 0) % CHARACTERS.length]);
  return prefix + characters.join('');
}
