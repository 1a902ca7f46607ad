import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { delegatedVersions } from '../resources/api-services.ts';
import { type Answer, plainText } from './call.ts';

/** 503 with the text of k8s.io/kube-aggregator: plain text, no Status. */
export const serviceUnavailable = (): Answer => plainText(503, 'service unavailable\n');

/** Whether the other server that serves that version of a group does not answer. */
export function isUnavailable(cluster: ClusterRecord, wanted: { readonly group: string; readonly version: string }) {
  return delegatedVersions(cluster.kubernetes.objects ?? []).some(
    ({ group, version, available }) => !available && group === wanted.group && version === wanted.version,
  );
}
