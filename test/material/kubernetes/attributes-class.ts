import type { StoredObject } from '../../../simulator/kubernetes/resources/stored-object.ts';

/** A version that 1.37 does not serve any more. */
export const OLD = 'storage.k8s.io/v1beta1';

/** What Terraform wrote, at that version or at the one that replaces it. */
export const attributesClass = (
  apiVersion: string,
  time = '2026-01-01T00:00:00Z',
  labels: Readonly<Record<string, string>> = {},
): StoredObject => ({
  apiVersion,
  kind: 'VolumeAttributesClass',
  metadata: {
    name: 'fast',
    labels: { ...labels },
    managedFields: [{ manager: 'terraform', operation: 'Update', apiVersion, time, fieldsV1: {} }],
  },
  driverName: 'ebs.csi.aws.com',
});
