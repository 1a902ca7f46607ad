import type { ApiRow } from '../../core/scan/data/api-row.ts';
import { apiRows } from '../../core/scan/data/api-rows.ts';
import { isFrom, minorsAround, newest, replacementIn } from './minors.ts';
import { apiVersionOf, textsOf } from './object-texts.ts';
import { scanFor } from './scan-for.ts';

/** What the columns of the row say about a minor, and nothing else. */
function expected(row: ApiRow, minor: number) {
  const facts = {
    source: 'manifest',
    apiVersion: apiVersionOf(row),
    kind: row.kind,
    name: 'thing',
    deprecatedIn: row.deprecated,
    removedIn: row.removed,
    replacement: replacementIn(row, minor),
    confidence: 'high',
  };
  if (isFrom(minor, row.removed)) return [{ ...facts, severity: 'error', reason: 'removed' }];
  if (!isFrom(minor, row.introduced) || !isFrom(minor, row.deprecated)) return [];
  return [{ ...facts, severity: 'warning', reason: 'deprecated' }];
}

const served = apiRows.filter(({ servedByDefault }) => servedByDefault);

describe.each(served.map((row) => [`${apiVersionOf(row)} ${row.kind}`, row] as const))('%s', (_, row) => {
  test.each(minorsAround(row))('in a manifest for 1.%i', (minor) => {
    const findings = expected(row, minor);
    const verdict = isFrom(minor, row.removed) ? 'fail' : minor > newest ? 'incomplete' : 'pass';
    for (const text of Object.values(textsOf(row))) {
      const report = scanFor(`1.${minor}`, text);
      expect(report).toMatchObject({ verdict, findings });
      expect(report.findings).toHaveLength(findings.length);
    }
  });

  test('is found in the file where it stands, with the fix that the table has', () => {
    if (row.removed === null) return;
    const [finding] = scanFor(row.removed, textsOf(row).YAML).findings;
    expect(finding?.location).toEqual({ file: 'file.yaml', line: 1, column: 1 });
    const last = row.replacements.at(-1);
    expect(finding?.fix).toContain(last === undefined ? 'There is no replacement' : last.version);
    if (row.note !== null) expect(finding?.fix).toContain(row.note);
  });
});

test('rows that clusters serve by default are all here: 60 at the last count', () => {
  expect(served).toHaveLength(60);
});
