import { errorName, namedError } from '../../core/contracts/errors.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import type { AccountReader } from '../../core/ports/account.ts';
import { createSignedCalls, type SignedCallsOptions } from './signed-calls.ts';
import { childOf, known, parseAnswer } from './xml-answer.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const json = (target: string) => ({ 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target });

/** One or two reads of each of several services, by their own protocols, as EC2's (docs/adr/0027). */
export function createAccountReader(options: SignedCallsOptions): AccountReader {
  const iam = createSignedCalls({ name: 'iam', variable: 'IAM', isGlobal: true }, options);
  const kms = createSignedCalls({ name: 'kms', variable: 'KMS' }, options);
  return {
    getRole: (scope, roleName) =>
      unless('NoSuchEntity', async () => {
        const form = { Action: 'GetRole', RoleName: roleName, Version: '2010-05-08' };
        const answer = await iam(scope, { headers: FORM, body: new URLSearchParams(form).toString() });
        const role = childOf(childOf(parseAnswer(answer, 'GetRole'), 'GetRoleResult'), 'Role');
        return { arn: known(role, 'Arn') };
      }),
    describeKey: (scope, keyId) =>
      unless('NotFoundException', async () => {
        const body = JSON.stringify({ KeyId: keyId });
        const answer = await kms(scope, { headers: json('TrentService.DescribeKey'), body });
        const { KeyMetadata } = parseJson(answer) as { KeyMetadata?: { KeyState?: string } };
        if (KeyMetadata?.KeyState === undefined) throw namedError('IncompleteAnswer', 'KMS answered without KeyState.');
        return { keyId, keyState: KeyMetadata.KeyState };
      }),
  };
}

/** Undefined where the service has no such thing, which it says by this error. */
async function unless<Found>(error: string, read: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (errorName(thrown) === error) return undefined;
    throw thrown;
  }
}
