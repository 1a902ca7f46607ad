import type { Reason } from '../contracts/step-result.ts';

/** `NotChecked` is neither good nor bad: nobody looked. */
export type AccessStatus = 'Readable' | 'Refused' | 'NotChecked';

/** One thing that Liftlock reads. */
export interface AccessCheck {
  /** `AWS`: what a scan asks of EC2, IAM, KMS and Service Quotas; only what they refused. */
  readonly part: 'EKS API' | 'AWS' | 'API server';
  readonly what: string;
  readonly status: AccessStatus;
  /** Why it cannot be read, or why nobody looked; absent when it can. */
  readonly reason?: Reason;
  /** When that was seen. */
  readonly asOf: string | null;
}

/** What Liftlock can and cannot read of one cluster. */
export interface AccessReport {
  readonly cluster: string;
  readonly clusterKey: string;
  /** How much the cluster's policy needs; null without a policy. `eks-api` needs nothing of the API server. */
  readonly verification: 'full' | 'eks-api' | null;
  /** `Ok`: all that is needed can be read. `Incomplete`: something was refused. `Unknown`: nothing was refused, but not all was checked. */
  readonly status: 'Ok' | 'Incomplete' | 'Unknown';
  readonly checks: readonly AccessCheck[];
}

/** The checks that the cluster's policy asks for. */
export const neededOf = ({ checks, verification }: Pick<AccessReport, 'checks' | 'verification'>) =>
  verification === 'eks-api' ? checks.filter(({ part }) => part !== 'API server') : checks;

export function accessStatus(
  checks: readonly AccessCheck[],
  verification: AccessReport['verification'],
): AccessReport['status'] {
  const needed = neededOf({ checks, verification });
  if (needed.some(({ status }) => status === 'Refused')) return 'Incomplete';
  return needed.some(({ status }) => status === 'NotChecked') ? 'Unknown' : 'Ok';
}
