import type { Mapping } from '../../../core/scan/manifest/manifest-object.ts';
import { inspectObject } from '../../../core/scan/observe/inspect-object.ts';

/** The rules that one object of that kind meets, with the data as it is. */
export function rulesHit(apiVersion: string, kind: string, value: Mapping): string[] {
  const object = { apiVersion, kind, value: { apiVersion, kind, ...value }, path: [] };
  return inspectObject(object, { cause: 'test', evidence: [] })
    .flatMap((one) => (one.type === 'rule' ? [one.rule] : []))
    .sort();
}

/** A Deployment whose pods have that spec. */
export const deployment = (spec: object, metadata: object = {}): Mapping => ({
  spec: { template: { metadata, spec: { containers: [{ name: 'app', image: 'team/app:1' }], ...spec } } },
});
