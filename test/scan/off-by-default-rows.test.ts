import type { ApiRow } from '../../core/scan/data/api-row.ts';
import { apiRows } from '../../core/scan/data/api-rows.ts';
import { isFrom, minorsAround, replacementIn } from './minors.ts';
import { apiVersionOf, textsOf } from './object-texts.ts';
import { scanFor } from './scan-for.ts';

/** A manifest counts whether or not the cluster was told to serve it; what no default cluster has is said to be so. */
function expected(row: ApiRow, minor: number) {
  const facts = { apiVersion: apiVersionOf(row), removedIn: row.removed, replacement: replacementIn(row, minor) };
  if (isFrom(minor, row.removed)) return { ...facts, severity: 'error', reason: 'removed' };
  if (!isFrom(minor, row.introduced)) return undefined;
  if (isFrom(minor, row.deprecated)) return { ...facts, severity: 'warning', reason: 'deprecated' };
  return isFrom(minor, row.eksServedFrom) ? undefined : { ...facts, severity: 'info', reason: 'never-served' };
}

const off = apiRows.filter(({ servedByDefault }) => !servedByDefault);

describe.each(off.map((row) => [`${apiVersionOf(row)} ${row.kind}`, row] as const))('%s', (_, row) => {
  test.each(minorsAround(row))('in a manifest for 1.%i', (minor) => {
    const finding = expected(row, minor);
    for (const text of Object.values(textsOf(row))) {
      const { findings } = scanFor(`1.${minor}`, text);
      expect(findings).toHaveLength(finding === undefined ? 0 : 1);
      if (finding === undefined) continue;
      expect(findings[0]).toMatchObject(finding);
      const said = `${findings[0]?.message} ${findings[0]?.evidence.join(' ')}`;
      expect(said).toContain('never served by default');
      expect(said).toContain(
        isFrom(minor, row.eksServedFrom)
          ? `Amazon EKS serves it from ${row.eksServedFrom} on`
          : 'Amazon EKS does not turn it on',
      );
    }
  });
});

test('EKS turns on what upstream leaves off for dynamic resources and volume attributes', () => {
  expect(new Set(off.filter((row) => row.eksServedFrom !== null).map(({ group }) => group))).toEqual(
    new Set(['resource.k8s.io', 'storage.k8s.io']),
  );
});
