import { KubeVersion } from './kube-version.ts';
import { SupportCalendar } from './support-calendar.ts';
import { resolveTarget } from './target.ts';

const v = KubeVersion.parse;
const offered = ['1.34', '1.36', '1.35', '1.37'].map((text) => v(text));

test.each([
  ['latest', undefined, '1.37'],
  ['latest-1', undefined, '1.36'],
  ['latest', '1.36', '1.36'],
  ['latest-1', '1.36', '1.35'],
  // Channels may ask for more than policies, whose schema ends at latest-1.
  ['latest-2', '1.36', '1.34'],
  ['1.35', undefined, '1.35'],
])('%s with data up to %s is %s', (target, coveredUpTo, version) => {
  const context = { offered, ...(coveredUpTo !== undefined && { coveredUpTo: v(coveredUpTo) }) };
  expect(resolveTarget(target, context)).toMatchObject({ status: 'resolved', version: { minor: v(version).minor } });
});

test.each([
  ['1.33', 'NotOffered', 'EKS does not offer 1.33 here (it offers 1.34, 1.35, 1.36, 1.37).'],
  ['1.37', 'NotCovered', "Liftlock's data end at 1.36; update Liftlock before going to 1.37."],
  ['v1.36', 'InvalidTarget', '"v1.36" is not a target. Use latest, latest-1 or a minor such as "1.36".'],
  ['1.36.2', 'InvalidTarget', '"1.36.2" is not a target. Use latest, latest-1 or a minor such as "1.36".'],
  ['latest-0', 'InvalidTarget', '"latest-0" is not a target. Use latest, latest-1 or a minor such as "1.36".'],
])('%s is not resolved: %s', (target, reason, text) => {
  const resolution = resolveTarget(target, { offered, coveredUpTo: v('1.36') });
  expect(resolution).toEqual({ status: 'unresolved', reason, message: text });
});

test('a newer version that our data do not know is said, not hidden', () => {
  for (const [target, minor] of [
    ['latest', 37],
    ['latest-1', 36],
  ] as const)
    expect(resolveTarget(target, { offered, coveredUpTo: v('1.36') })).toMatchObject({
      newer: { newest: { minor: 37 }, target: { minor } },
    });
  expect(resolveTarget('latest', { offered, coveredUpTo: v('1.37') })).not.toHaveProperty('newer');
});

test('no target is beyond our data, whatever EKS still supports', () => {
  const context = { offered, coveredUpTo: v('1.36'), inStandardSupport: [v('1.37')] };
  expect(resolveTarget('oldest-in-standard-support', context)).toMatchObject({ reason: 'NotCovered' });
  const beyond = resolveTarget('latest', { offered: [v('1.37')], coveredUpTo: v('1.36') });
  expect(beyond).toEqual({
    ...{ status: 'unresolved', reason: 'NotCovered' },
    message:
      "EKS offers no version here that Liftlock's data cover (it offers 1.37): they end at 1.36; update Liftlock.",
  });
});

test('latest-1 is not guessed when the minor before the latest is missing', () => {
  expect(resolveTarget('latest-1', { offered: [v('1.35'), v('1.37')] })).toMatchObject({ reason: 'NotOffered' });
});

test('nothing offered resolves nothing', () => {
  expect(resolveTarget('latest', { offered: [] })).toMatchObject({ status: 'unresolved', reason: 'NotOffered' });
});

test('offline, latest follows the EKS release date', () => {
  const calendar = SupportCalendar.builtIn();
  const latestAt = (now: string) => resolveTarget('latest', { offered: calendar.offered(new Date(now)) });
  expect(latestAt('2026-09-30T23:59:59Z')).toMatchObject({ version: { minor: 36 } });
  expect(latestAt('2026-10-01T00:00:00Z')).toMatchObject({ version: { minor: 37 } });
});
