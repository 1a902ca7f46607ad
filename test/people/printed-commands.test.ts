import { printedCommands } from './printed-commands.ts';

const read = (text: string) =>
  printedCommands(text).map((one) => ('argv' in one ? one.argv.join(' ') : `${one.problem} in: ${one.text}`));

test.each([
  ['Somebody runs: liftlock retry cluster web (or release).', ['retry cluster web']],
  [
    'An approver runs: liftlock rollout promote r-1-37-ab --reason WHY; then somebody runs: liftlock rollout create all --finish (whom it takes says --dry-run)',
    ['rollout promote r-1-37-ab --reason because it was said', 'rollout create all --finish'],
  ],
  [
    "To let it go: liftlock rollout release-trait r 'ami AL2' 'one more', or wait.",
    ['rollout release-trait r ami AL2 one more'],
  ],
  ['liftlock get clusters shows it, and liftlock readiness all of it.', ['get clusters', 'readiness']],
  ['Run: liftlock access check', ['access check']],
  ['Liftlock runs; a page of liftlock is no command.', []],
])('%s', (text, commands) => {
  expect(read(text)).toEqual(commands);
});

test.each([
  ['liftlock rollback cluster.', 'rollback cluster lacks its name'],
  ['liftlock rollout pause r --because x', 'rollout pause r has no option --because'],
  ['liftlock upgrade cluster web --to', '--to lacks its value'],
  ['liftlock rollout of it', 'rollout lacks its verb'],
])('%s cannot be pasted', (text, problem) => {
  expect(read(text)).toEqual([`${problem} in: ${text}`]);
});
