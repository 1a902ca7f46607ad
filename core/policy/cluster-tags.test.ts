import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSchema } from '../config/schema/fleet.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { clusterRefusals, clusterTags } from './cluster-tags.ts';

const codesOf = (tags: Record<string, string>) =>
  [...clusterTags(tags, 'liftlock/').problems.values()].map(({ code }) => code);

test.each([
  ['a tag that Liftlock knows', { 'liftlock/paused': 'true' }, []],
  ['a tag of somebody else', { 'liftlocks/paused': 'true', Owner: 'liftlock/paused' }, []],
  ['a tag that nobody knows', { 'liftlock/pause': 'true' }, ['BadTag']],
  ['a known one written otherwise', { 'liftlock/Paused': 'true' }, ['BadTag']],
  ['a prefix written otherwise', { 'Liftlock/paused': 'true' }, ['BadTag']],
  ['both at once, which may say two things', { 'liftlock/paused': 'false', 'LIFTLOCK/paused': 'true' }, ['BadTag']],
])('%s', (_, tags, codes) => {
  expect(codesOf(tags)).toStrictEqual(codes);
});

test.each<[string, Record<string, string>, object]>([
  ['nothing', {}, { paused: false, pin: undefined, wave: undefined, calendars: [] }],
  ['that it is left alone', { 'liftlock/paused': 'true' }, { paused: true }],
  ['that it is not left alone', { 'liftlock/paused': 'false' }, { paused: false }],
  ['a ceiling', { 'liftlock/pin-version': '1.34' }, { paused: false, pin: expect.objectContaining({ minor: 34 }) }],
  ['a wave, with blanks around it', { 'liftlock/wave': ' prod ' }, { wave: 'prod' }],
  ['calendars, each once', { 'liftlock/calendar': ' prod, bank  prod' }, { calendars: ['prod', 'bank'] }],
])('a cluster asks by its tags for %s', (_, tags, asked) => {
  expect(clusterTags(tags, 'liftlock/')).toMatchObject({ ...asked, problems: new Map() });
});

const NAMES = 'liftlock/paused, liftlock/pin-version, liftlock/wave, liftlock/calendar';
test.each([
  ['pause', 'x', `The tag liftlock/pause is not one that Liftlock knows; known are ${NAMES}.`],
  ['paused', 'yes', 'The tag liftlock/paused is "yes"; it must be "true" or "false".'],
  ['pin-version', 'old', 'The tag liftlock/pin-version is "old"; it must be a minor such as "1.34".'],
  ['wave', ' ', 'The tag liftlock/wave is empty; it must be the name of a wave.'],
  ['calendar', ' , ', 'The tag liftlock/calendar is empty; it must be the names of Calendars, with spaces between.'],
])('a tag that cannot be read says what it must be: %s = "%s"', (name, value, told) => {
  const read = clusterTags({ [`liftlock/${name}`]: value }, 'liftlock/');
  expect([...read.problems]).toStrictEqual([[`liftlock/${name}`, { code: 'BadTag', message: told }]]);
  expect(read).toMatchObject({ paused: false, pin: undefined, calendars: [] });
});

test('tags are read once where nobody can change them, for each prefix, and anew where somebody can', () => {
  const frozen = Object.freeze({ 'liftlock/paused': 'true' });
  expect(clusterTags(frozen, 'liftlock/')).toBe(clusterTags(frozen, 'liftlock/'));
  expect(clusterTags(frozen, 'other/').paused).toBe(false);
  const open: Record<string, string> = { 'liftlock/paused': 'true' };
  expect(clusterTags(open, 'liftlock/').paused).toBe(true);
  open['liftlock/paused'] = 'false';
  expect(clusterTags(open, 'liftlock/').paused).toBe(false);
});

const fleetWith = (spec: object) =>
  fleetSchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Fleet',
    metadata: { name: 'f' },
    spec: { accounts: ['111122223333'], regions: ['eu-central-1'], spokeRole: { externalId: 'xx' }, ...spec },
  }).spec;
const FLEET = fleetWith({});

describe('a cluster is refused', () => {
  const target = KubeVersion.parse('1.35');
  const refusals = (given: Parameters<typeof clusterRecord>[0], calendars?: ReadonlySet<string>) =>
    clusterRefusals(clusterRecord(given), target, FLEET, calendars).map(({ code, message }) => `${code}: ${message}`);
  const tagged = (name: string, value: string) => ({ tags: { [`liftlock/${name}`]: value } });
  const denied = { status: 'False', reason: 'AccessDenied', message: 'It denies.', lastTransitionTime: '' } as const;

  test.each<[string, Parameters<typeof clusterRecord>[0], readonly string[]]>([
    ['nothing in its way', {}, []],
    [
      'a tag that cannot be read',
      tagged('paused', 'yes'),
      [expect.stringContaining('BadTag: The tag liftlock/paused')],
    ],
    ['it was deleted', { deletedAt: '2026-11-20' }, ['Gone: The cluster was deleted (seen 2026-11-20).']],
    ['it is of a kind that is not upgraded', { unsupported: 'It is an outpost.' }, ['Unsupported: It is an outpost.']],
    [
      'its tag keeps Liftlock away',
      tagged('paused', 'true'),
      ["Excluded: The cluster's tag liftlock/paused keeps Liftlock away from it."],
    ],
    [
      'its tag keeps it at an older minor',
      tagged('pin-version', '1.34'),
      ["Pinned: The cluster's tag liftlock/pin-version keeps it at 1.34 or older, so not 1.35."],
    ],
    ['its tag keeps it at the target', tagged('pin-version', '1.35'), []],
    ['it cannot be read', { conditions: [{ type: 'Reachable', ...denied }] }, ['Unreachable: It denies.']],
  ])('or not: %s', (_, given, told) => {
    expect(refusals(given)).toStrictEqual(told);
  });

  test('when its tag asks for a calendar that is not there, as far as somebody looked', () => {
    const asks = tagged('calendar', 'prod bnak');
    expect(refusals(asks, new Set(['prod']))).toStrictEqual([
      'BadTag: The tag liftlock/calendar asks for "bnak", and there is no Calendar of that name.',
    ]);
    expect(refusals(asks, new Set(['prod', 'bnak']))).toStrictEqual([]);
    expect(refusals(asks)).toStrictEqual([]);
  });

  const leftAlone = 'so Liftlock leaves the cluster alone until one that does is applied.';
  test.each<[string, object, readonly string[]]>([
    [
      'its Region, also in an organization',
      { regions: ['us-east-1'], organizationId: 'o-a1b2c3d4e5' },
      ['the Region eu-central-1'],
    ],
    ['its account', { accounts: ['444455556666'] }, ['the account 111122223333']],
    [
      'its account, nor does a list tell who is in its organization',
      { organizationId: 'o-a1b2c3d4e5', accounts: [] },
      [],
    ],
  ])('or not where the Fleet does not name %s', (_, spec, unnamed) => {
    const told = unnamed.map((what) => ({
      code: 'NotInFleet',
      message: `The Fleet does not name ${what}, ${leftAlone}`,
    }));
    expect(clusterRefusals(clusterRecord(), target, fleetWith(spec))).toStrictEqual(told);
  });

  test('by nothing of a Fleet where a plan is made without one', () => {
    expect(clusterRefusals(clusterRecord(), target, { ...FLEET, accounts: [], regions: [] })).toStrictEqual([]);
    expect(clusterRefusals(clusterRecord(), target, undefined)).toStrictEqual([]);
  });
});
