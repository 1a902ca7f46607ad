import { readFileSync } from 'node:fs';
import { CALLS_WITHOUT_UPDATE, MUTATING_CALLS } from '../../core/contracts/mutating-calls.ts';
import { NESTING_MACHINES } from '../../core/contracts/names.ts';

const text = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8');

/** From these words on to the end of their paragraph. */
const paragraphFrom = (words: string): string => text.slice(text.indexOf(words)).split('\n\n')[0] ?? '';

test('docs/protocol.md lists every call that changes anything outside of the tables', () => {
  const list = paragraphFrom("The calls that change anything outside Liftlock's tables are one list");
  const missing = [...Object.keys(MUTATING_CALLS), ...Object.keys(CALLS_WITHOUT_UPDATE)].filter(
    (name) => !list.includes(`\`${name}\``),
  );
  expect(missing).toEqual([]);
});

test('docs/protocol.md lists the machines that have nested executions', () => {
  const names = NESTING_MACHINES.map((name) => `\`${name}\``).join(' and ');
  expect(text).toContain(`Only ${names} have nested executions`);
});
