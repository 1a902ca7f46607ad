import { localUser } from '../iam/principals/local-person.ts';

export interface ExportedCloud {
  /** `http://127.0.0.1:4566` */
  readonly origin: string;
  readonly region: string;
  /** The account whose administrator the terminal uses, unless `as` is given. */
  readonly account: string;
  /** Name of the managed policy whose user the terminal uses. */
  readonly as?: string;
  /** Bucket of the audit's anchors. */
  readonly anchors: string;
}

/** The environment by which the AWS CLI, kubectl and `liftlock` use a local cloud. The keys cannot be mistaken for keys of AWS. */
export function exportLines({ origin, region, account, as, anchors }: ExportedCloud): string[] {
  const { accessKeyId, secretAccessKey } = localUser(account, as);
  return [
    `export AWS_ENDPOINT_URL=${origin}`,
    `export AWS_REGION=${region}`,
    // Version 1 of the AWS CLI reads only this one.
    `export AWS_DEFAULT_REGION=${region}`,
    `export AWS_ACCESS_KEY_ID=${accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
    `export LIFTLOCK_API_URL=${origin}`,
    `export LIFTLOCK_ANCHORS=s3://${anchors}`,
  ];
}
