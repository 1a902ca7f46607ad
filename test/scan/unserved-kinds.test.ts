import { unservedKinds } from '../../core/scan/data/custom-resources.ts';
import { apiVersionOf, textsOf } from './object-texts.ts';
import { scanFor } from './scan-for.ts';

describe.each(unservedKinds.map((row) => [`${apiVersionOf(row)} ${row.kind}`, row] as const))('%s', (_, row) => {
  test.each(['1.10', '1.15', '1.16', '1.36', '1.37'])(
    'never was, and a manifest for %s that has it is told so',
    (target) => {
      for (const text of Object.values(textsOf(row))) {
        const { findings, verdict } = scanFor(target, text);
        expect(verdict).toBe('pass');
        expect(findings).toHaveLength(1);
        expect(findings[0]).toMatchObject({
          ...{ severity: 'warning', reason: 'unserved-version', removedIn: null, replacement: null },
          message: `No release of Kubernetes ever served ${apiVersionOf(row)} ${row.kind}.`,
        });
        expect(findings[0]?.evidence.join()).toContain(row.listedBy[0]);
        expect(findings[0]?.fix).toContain(row.note);
      }
    },
  );
});

test('kinds that the group did have are judged as ever', () => {
  const { findings } = scanFor('1.36', textsOf({ group: 'apps', version: 'v1beta1', kind: 'Deployment' }).YAML);
  expect(findings.map(({ reason }) => reason)).toEqual(['removed']);
});
