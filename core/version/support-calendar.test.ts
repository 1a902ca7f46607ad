import { KubeVersion } from './kube-version.ts';
import { SupportCalendar } from './support-calendar.ts';

const v = KubeVersion.parse;
const calendar = SupportCalendar.builtIn();

test.each([
  ['1.29', '2026-11-20T00:00:00Z', 'unsupported'],
  ['1.30', '2026-11-20T00:00:00Z', 'unsupported'],
  ['1.31', '2026-11-20T00:00:00Z', 'extended'],
  ['1.33', '2026-11-20T00:00:00Z', 'extended'],
  ['1.34', '2026-11-20T00:00:00Z', 'standard'],
  ['1.37', '2026-11-20T00:00:00Z', 'standard'],
  ['1.38', '2026-11-20T00:00:00Z', 'unknown'],
  ['1.34', '2026-12-01T23:59:59.999Z', 'standard'],
  ['1.34', '2026-12-02T00:00:00Z', 'extended'],
  ['1.34', '2026-12-01T16:00:00-08:00', 'extended'],
  ['1.31', '2026-11-25T23:59:59Z', 'extended'],
  ['1.31', '2026-11-26T00:00:00Z', 'unsupported'],
  ['1.37', '2026-09-30T23:59:59Z', 'unknown'],
])('%s at %s is %s', (version, now, state) => {
  expect(calendar.supportState(v(version), new Date(now))).toBe(state);
});

test.each([
  ['1.36', '2027-04-01T00:00:00Z', { daysLeft: 123, bucket: undefined }],
  ['1.34', '2026-09-03T00:00:00Z', { daysLeft: 90, bucket: 90 }],
  ['1.34', '2026-09-02T23:59:59Z', { daysLeft: 91, bucket: undefined }],
  ['1.34', '2026-10-03T00:00:00Z', { daysLeft: 60, bucket: 60 }],
  ['1.34', '2026-11-20T09:00:00Z', { daysLeft: 12, bucket: 30 }],
  ['1.34', '2026-11-25T00:00:00Z', { daysLeft: 7, bucket: 7 }],
  ['1.31', '2026-11-20T00:00:00Z', { daysLeft: 6, bucket: 7 }],
])('%s at %s: days left and bucket', (version, now, { daysLeft, bucket }) => {
  const { deadline } = calendar.supportStatus(v(version), new Date(now));
  expect({ daysLeft: deadline?.daysLeft, bucket: deadline?.bucket }).toEqual({ daysLeft, bucket });
});

test('the deadline is the end of standard support first, then that of extended support, then none', () => {
  const deadlineAt = (now: string) => calendar.supportStatus(v('1.34'), new Date(now)).deadline;
  expect(deadlineAt('2026-11-20')).toMatchObject({ kind: 'endOfStandardSupport', at: new Date('2026-12-02') });
  expect(deadlineAt('2026-12-02')).toMatchObject({ kind: 'endOfExtendedSupport', at: new Date('2027-12-02') });
  expect(deadlineAt('2027-12-02')).toBeUndefined();
});

test('dates with an offset, as the API returns them, are compared as instants', () => {
  const regional = SupportCalendar.of([
    {
      clusterVersion: '1.31',
      endOfStandardSupportDate: new Date('2025-11-25T16:00:00-08:00'),
      endOfExtendedSupportDate: new Date('2026-11-25T16:00:00-08:00'),
    },
  ]);
  expect(regional.supportState(v('1.31'), new Date('2025-11-25T23:59:59Z'))).toBe('standard');
  expect(regional.supportState(v('1.31'), new Date('2025-11-26T00:00:00Z'))).toBe('extended');
});

test.each([
  ['STANDARD_SUPPORT', 'standard'],
  ['EXTENDED_SUPPORT', 'extended'],
  ['UNSUPPORTED', 'unsupported'],
  ['SOMETHING_NEW', 'unknown'],
])('a row without dates is judged by its status %s', (versionStatus, state) => {
  const regional = SupportCalendar.of([{ clusterVersion: '1.38', versionStatus }]);
  expect(regional.supportState(v('1.38'), new Date('2026-11-20'))).toBe(state);
});

test('a listed standard support that its own date contradicts is unknown, as is an unreadable date', () => {
  const endOfStandardSupportDate = new Date('2026-01-01');
  const rows = [{ clusterVersion: '1.38', versionStatus: 'STANDARD_SUPPORT', endOfStandardSupportDate }];
  expect(SupportCalendar.of(rows).supportState(v('1.38'), new Date('2026-11-20'))).toBe('unknown');
  const unreadable = [{ clusterVersion: '1.38', endOfStandardSupportDate: new Date('soon') }];
  expect(SupportCalendar.of(unreadable).supportState(v('1.38'), new Date('2026-11-20'))).toBe('unknown');
});

test('a row whose version cannot be read leaves the others', () => {
  const regional = SupportCalendar.of([{ clusterVersion: 'next' }, { clusterVersion: '1.36' }]);
  expect(regional.versions().map(String)).toEqual(['1.36']);
});

test('an empty calendar knows nothing, it does not call everything unsupported', () => {
  expect(SupportCalendar.of([]).supportState(v('1.20'), new Date('2026-11-20'))).toBe('unknown');
});

test('what is offered: released, and in standard or extended support', () => {
  expect(calendar.offered(new Date('2026-11-20')).map(String)).toEqual([
    '1.31',
    '1.32',
    '1.33',
    '1.34',
    '1.35',
    '1.36',
    '1.37',
  ]);
  expect(calendar.offered(new Date('2026-09-30')).map(String)).not.toContain('1.37');
});

test('rows of a Region win over the built-in table and may add to it', () => {
  const moved = { clusterVersion: '1.34', endOfStandardSupportDate: new Date('2027-01-15') };
  const merged = calendar.with([moved, { clusterVersion: '1.38', versionStatus: 'STANDARD_SUPPORT' }]);
  expect(merged.supportStatus(v('1.34'), new Date('2026-12-20')).state).toBe('standard');
  expect(merged.supportState(v('1.38'), new Date('2026-12-20'))).toBe('standard');
  expect(calendar.supportState(v('1.34'), new Date('2026-12-20'))).toBe('extended');
});
