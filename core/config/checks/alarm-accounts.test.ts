import { fleet } from '../../../test/material/config/documents.ts';
import { issuesOf } from '../../../test/material/config/issues-of.ts';

const arn = (account: string) => `"arn:aws:cloudwatch:eu-central-1:${account}:alarm:errors"`;
const gate = (alarm: string) => `{ name: w, soak: 1h, gates: [{ alarm: ${alarm} }] }`;
const FOREIGN =
  'the Fleet does not name the account 444444444444, so that nobody can read this alarm unless Liftlock itself is there: ';

test('an alarm of an account that the Fleet does not name is told, of a gate and of a scan', () => {
  expect(issuesOf(gate(arn('444444444444')), { others: fleet })).toEqual([
    expect.stringContaining(
      `warning: spec.waves[0].gates[0].alarm: ${FOREIGN}the gate stays unknown, and its wave waits.`,
    ),
  ]);
  expect(issuesOf('{ name: w }', { spec: `scan: { alarms: [${arn('444444444444')}] }`, others: fleet })).toEqual([
    expect.stringContaining(`warning: spec.scan.alarms[0]: ${FOREIGN}no hop begins.`),
  ]);
});

test.each([
  ['an account that the Fleet names', gate(arn('111122223333')), fleet],
  ['an alarm beside Liftlock', gate('errors'), fleet],
  ['a Fleet that is not in the files', gate(arn('444444444444')), ''],
  [
    'a Fleet whose accounts its organization has',
    gate(arn('444444444444')),
    fleet.replace('accounts: ["111122223333"]', 'organizationId: o-abcdefghij'),
  ],
])('nothing is said of %s', (_, waves, others) => {
  expect(issuesOf(waves, { others }).filter((text) => text.includes('alarm'))).toEqual([]);
});
