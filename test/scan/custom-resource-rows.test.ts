import { controllers } from '../../core/scan/data/controllers.ts';
import { customResources } from '../../core/scan/data/custom-resources.ts';
import { apiVersionOf, textsOf } from './object-texts.ts';
import { scanFor } from './scan-for.ts';

/** A kind that a row for all kinds of a version stands for. */
const kindOf = (kind: string) => (kind === '*' ? 'Anything' : kind);

describe.each(customResources.map((row) => [`${apiVersionOf(row)} ${row.kind}`, row] as const))('%s', (_, row) => {
  const named = { ...row, kind: kindOf(row.kind) };

  // Versions of Kubernetes have no part in it: the controller decides, and no file says which release of it runs.
  test.each(['1.20', '1.36', '1.37'])('is a warning in a manifest for %s', (target) => {
    for (const text of Object.values(textsOf(named))) {
      const { findings, verdict } = scanFor(target, text);
      expect(verdict).toBe('pass');
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({ severity: 'warning', reason: 'deprecated', apiVersion: apiVersionOf(row) });
      expect(`${findings[0]?.message} ${findings[0]?.fix}`).toContain(row.component);
    }
  });

  test('is silent at the version that its project names instead', () => {
    if (row.replacement === null) return;
    const text = textsOf({ ...row.replacement, kind: kindOf(row.replacement.kind) }).YAML;
    const another = customResources.some(({ group, version, kind }) => {
      const same = group === row.replacement?.group && version === row.replacement.version;
      return same && (kind === '*' || kind === row.replacement?.kind);
    });
    expect(scanFor('1.36', text).findings).toHaveLength(another ? 1 : 0);
  });
});

test('components that are in both tables have one name', () => {
  const known = new Set(controllers.map(({ component }) => component));
  expect(customResources.some(({ component }) => known.has(component))).toBe(true);
});
