import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

/** Something that is to happen at a call of EKS; `happened` once it has. */
export interface Moment {
  happened: boolean;
}

export interface CallInput {
  readonly name?: string;
  readonly clusterName?: string;
  readonly addonName?: string;
}

/** Right after EKS took such a call for the cluster, once. `happen` says whether it was the right one. */
export function afterCall(
  cloud: LocalCloud,
  { operation, cluster }: { readonly operation: string; readonly cluster: string },
  happen: (input: CallInput) => boolean,
): Moment {
  const moment: Moment = { happened: false };
  cloud.eks.faults.afterOperation.push((call) => {
    const input = call.input as CallInput;
    if (moment.happened || call.operation !== operation || (input.clusterName ?? input.name) !== nameOf(cluster))
      return;
    moment.happened = happen(input);
  });
  return moment;
}

export const nameOf = (cluster: string): string => cluster.split('/').at(-1) ?? '';
