import { fileURLToPath } from 'node:url';
import { MEMBER_STATUSES, ROLLOUT_STATUSES, WAVE_STATUSES } from '../../core/contracts/items/rollout.ts';
import { REASONS } from '../../core/contracts/reasons.ts';
import { isTest } from './finding.ts';
import { readTree } from './read-tree.ts';

/** What the product is made of, by path. */
const sources = readTree(fileURLToPath(new URL('../..', import.meta.url))).filter(
  ({ path }) => path.endsWith('.ts') && !isTest(path),
);

test('every code of the table of reasons is said by the product', () => {
  const statuses = [
    ...ROLLOUT_STATUSES.map((status) => `Rollout${status}`),
    ...WAVE_STATUSES.map((status) => `Wave${status}`),
    ...MEMBER_STATUSES.map((status) => `Member${status}`),
  ];
  const text = sources
    .filter(({ path }) => /^(?:core|adapters|functions|simulator\/report)\//.test(path))
    .filter(({ path }) => !/^test\/contract\/|contracts\/(?:reasons|event-examples)|\/exclusions\.ts$/.test(path))
    .map((file) => file.text)
    .join('\n')
    // Asking for a code is not saying it.
    .replaceAll(/(?:code [!=]==|kindOf\(|lost\.get\() ?'\w+'/g, '');
  for (const prefix of ['Rollout', 'Wave', 'Member']) expect(text).toContain(`reason(\`${prefix}\${`);
  const silent = Object.keys(REASONS).filter((code) => !text.includes(`'${code}'`) && !statuses.includes(code));
  expect(silent).toEqual([]);
});

test('nobody writes past the record but those who have said why', () => {
  const writers = sources.filter(
    ({ path, text }) => path.startsWith('core/') && !path.startsWith('core/ports/') && text.includes('.transact('),
  );
  expect(writers.map(({ path }) => path)).toEqual(['core/store/audit.ts', 'core/store/change.ts']);
});
