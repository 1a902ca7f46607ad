import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import { delegatedVersions } from '../resources/api-services.ts';
import { type Answer, plainText } from './answer.ts';

/** 503 in the words of k8s.io/kube-aggregator: plain text, no Status. */
export const serviceUnavailable = (): Answer => plainText(503, 'service unavailable\n');

/** Whether another server should answer for that version of a group, and does not. */
export function isUnavailable(cluster: ClusterRecord, wanted: { readonly group: string; readonly version: string }) {
  return delegatedVersions(cluster.kubernetes.objects ?? []).some(
    ({ group, version, available }) => !available && group === wanted.group && version === wanted.version,
  );
}
