import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';
import { placeIssues } from './config.ts';

const POLICY = `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: standard }
spec:
  selector: {}
  target: latest
  caps: { total: 9 }
  waves:
    - { name: all, selector: { matchLabels: { "a b": x } } }
`;
const files = [{ path: 'p.yaml', text: `# one\n---\n${POLICY}` }];
const sent = [
  { kind: 'Fleet', metadata: { name: 'main' } },
  { kind: 'UpgradePolicy', metadata: { name: 'standard' } },
];

test.each([
  [
    'a warning',
    'document 2:1:99: warning: spec.caps.total: 9 does nothing.',
    'p.yaml:9:18: warning: spec.caps.total: 9 does nothing.',
  ],
  ['what is in a list', 'document 2: spec.waves[0].name: no.', 'p.yaml:11:15: error: spec.waves[0].name: no.'],
  [
    'what has a quoted name',
    'document 2: spec.waves[0].selector.matchLabels["a b"]: no.',
    'p.yaml:11:54: error: spec.waves[0].selector.matchLabels["a b"]: no.',
  ],
  ['what is in no file', 'document 1: spec.caps: no.', 'document 1: spec.caps: no.'],
  ['what is about no field', 'document 2:1:1: warning: it is odd: look.', 'document 2:1:1: warning: it is odd: look.'],
  ['what is about no document', 'The Fleet says spokeRole: x.', 'The Fleet says spokeRole: x.'],
])('the API sees one line of each document, and people see their files: %s', (_, said, told) => {
  expect(placeIssues([said], files, sent, 'error')).toEqual([told]);
});

test('apply tells what only the API knows at its place in the file', async () => {
  const served = await servedWorld();
  const apply = (stdin: string) => runInProcess(['apply', '-f', '-'], { url: served.url, stdin });
  try {
    const other = POLICY.replace('name: standard', 'name: other').replace(/"a b": x/, 'a: x');
    expect((await apply(other)).err).toMatch(/^<stdin>:\d+:\d+: warning: spec\.selector: .*standard/m);
    const unknown = await apply(POLICY.replace(/selector: \{ matchLabels.*/, 'calendar: nights }'));
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringMatching(
        /<stdin>:9:\d+: error: spec\.waves\[0\]\.calendar: there is no Calendar "nights".*\n.*liftlock: nothing was applied\. Correct the errors above\.\n$/s,
      ),
    ]);
  } finally {
    await served.close();
  }
});

test('apply judges what has ended by the clock of the API', async () => {
  const served = await servedWorld();
  const day = (days: number) =>
    new Date(served.world.clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);
  const freeze = (name: string, from: number) => `{ name: ${name}, from: ${day(from)}, to: ${day(from + 1)} }`;
  const calendar = `apiVersion: liftlock/v1alpha1
kind: Calendar
metadata: { name: days }
spec:
  windows: [{ name: all, schedule: "0 0 * * *", duration: 12h }]
  freezes: [${freeze('past', -9)}, ${freeze('ahead', 9)}]
`;
  try {
    // This machine is a year ahead.
    const now = new Date(served.world.clock.now().getTime() + 365 * 86_400_000);
    const { code, err } = await runInProcess(['apply', '-f', '-'], { url: served.url, stdin: calendar, now });
    expect([code, err.match(/the freeze \w+ ended/g)]).toEqual([0, ['the freeze past ended']]);
  } finally {
    await served.close();
  }
});
