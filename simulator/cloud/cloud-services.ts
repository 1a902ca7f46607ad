import type { Principal } from '../iam/principals/principal.ts';
import type { AssumeRoleInput } from '../iam/sessions/assume-role-input.ts';
import type { AwsCall, ServiceName } from '../wire/aws-call.ts';
import type { IamAuthority } from './iam-authority.ts';
import type { Operations } from './operation.ts';

/** Every service that answers over the wire; DynamoDB reads its requests itself. */
export type CloudServices = Readonly<Partial<Record<ServiceName, Operations>>>;

/** STS, whose operations are about the caller. */
export const STS_OPERATIONS = ['AssumeRole', 'GetCallerIdentity'] as const;

/** Serves a call that the wire has read: who calls, whether that is allowed, then the service itself. */
export function callServer(
  services: CloudServices,
  authority: IamAuthority,
  now: () => Date,
): (call: AwsCall) => Promise<object> {
  return async (call) => {
    const principal = authority.admit(call);
    if (call.service === 'sts') return serveSts(call, principal, authority);
    const operation = services[call.service]?.[call.operation];
    if (operation === undefined) throw new Error(`${call.service}:${call.operation} is listed and not there`);
    const { account, arn: principalArn } = principal as { account: string; arn: string };
    return operation(call.input as never, { account, region: call.region, now: now(), principalArn, call });
  };
}

function serveSts(call: AwsCall, principal: Principal, authority: IamAuthority): object {
  if (call.operation === 'GetCallerIdentity') {
    const {
      account: Account,
      arn: Arn,
      userId: UserId,
    } = principal as { account: string; arn: string; userId: string };
    return { Account, Arn, UserId };
  }
  const assumed = authority.assumeRole(call.input as AssumeRoleInput, principal, call.region);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = assumed.credentials;
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: { AssumedRoleId: assumed.assumedRoleUser.assumedRoleId, Arn: assumed.assumedRoleUser.arn },
    ...(assumed.packedPolicySize === undefined ? {} : { PackedPolicySize: assumed.packedPolicySize }),
  };
}
