import { localAdministrator } from '../iam/principals/local-administrator.ts';
import type { LocalCloud } from './local-cloud.ts';

/** What a terminal needs so that the AWS CLI, kubectl and `liftlock` speak with this cloud, as the administrator of the hub's account. */
export function exportLines({ wire, options }: LocalCloud): string[] {
  const [hub] = options.stacks;
  return [
    `export AWS_ENDPOINT_URL=${wire.origin}`,
    `export AWS_REGION=${hub?.region ?? ''}`,
    ...keyLines(hub?.account ?? ''),
    `export LIFTLOCK_API_URL=${wire.origin}`,
  ];
}

/** Keys of the administrator of an account: plainly none of AWS's, and good for nothing elsewhere. */
export function keyLines(account: string): string[] {
  const { accessKeyId, secretAccessKey } = localAdministrator(account);
  return [
    `export AWS_ACCESS_KEY_ID=${accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
  ];
}
