import { gzipSync } from 'node:zlib';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';

export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  readonly manifest: string;
  readonly values?: object;
}

/** What Helm keeps of one revision, packed as its two drivers pack it. */
export function helmRelease(storage: 'Secret' | 'ConfigMap', release: Release): StoredObject {
  const { name, namespace, revision, status, manifest, values = {} } = release;
  const json = JSON.stringify({
    ...{ name, namespace, version: revision, manifest, config: values },
    info: { status },
    chart: { metadata: { name, version: '1.0.0' }, values },
  });
  const packed = gzipSync(json).toString('base64');
  return {
    apiVersion: 'v1',
    kind: storage,
    metadata: {
      name: `sh.helm.release.v1.${name}.v${revision}`,
      namespace,
      labels: { owner: 'helm', name, status, version: String(revision) },
    },
    data: { release: storage === 'Secret' ? Buffer.from(packed).toString('base64') : packed },
  };
}

export const oldCronJob =
  'apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: report\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: api\n';
