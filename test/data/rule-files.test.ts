import { readdirSync, readFileSync } from 'node:fs';
import type { BreakRule } from '../../core/scan/data/break-rule.ts';
import { breakRules } from '../../core/scan/data/break-rules.ts';

const folder = new URL('../../core/scan/data/rules/', import.meta.url);

test('every file of rules is loaded, in whole', () => {
  const rules = readdirSync(folder).flatMap(
    (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as BreakRule[],
  );
  expect(breakRules).toEqual(rules);
});
