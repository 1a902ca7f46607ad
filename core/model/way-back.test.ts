import { KubeVersion } from '../version/kube-version.ts';
import { SupportCalendar } from '../version/support-calendar.ts';
import { foreseeWayBack, wayBack } from './way-back.ts';

const now = new Date('2026-11-20T08:00:00Z');
const calendar = SupportCalendar.builtIn();
const foreseen = (from: string, supportType?: string, at = now) =>
  foreseeWayBack(KubeVersion.parse(from), { name: 'web', region: 'eu-central-1', now: at, calendar, supportType });
const codes = (...given: Parameters<typeof foreseen>) => foreseen(...given).map(({ code }) => code);

test.each<[string, string, string | undefined, string[]]>([
  ['from a version in standard support is reversible for seven days', '1.35', 'EXTENDED', ['HopReversible']],
  ['from one in extended support as well, under a policy of EXTENDED', '1.33', 'EXTENDED', ['HopReversible']],
  ['under STANDARD only after a change', '1.33', 'STANDARD', ['HopReversible', 'NeedsExtendedSupport']],
  ['from one whose support ends in between until then', '1.31', 'EXTENDED', ['WayBackIsShort']],
  ['from one that EKS supports no more not at all', '1.30', 'EXTENDED', ['VersionUnsupported']],
])('a hop %s', (_, from, supportType, expected) => {
  expect(codes(from, supportType)).toEqual(expected);
});

test('the words say until when, what comes first and what ends it', () => {
  expect(foreseen('1.35')[0]?.message).toBe(
    'The hop from 1.35 to 1.36 is reversible for 7 days after its control plane has moved; nodes that have followed go back first, and the next hop ends it.',
  );
  expect(foreseen('1.31')[0]?.message).toContain(
    'until 2026-11-26T00:00:00.000Z only, when EKS ends its support of 1.31',
  );
  expect(foreseen('1.30')[0]?.message).toMatch(
    /^The hop from 1\.30 to 1\.31 is not reversible: EKS does not support 1\.30/,
  );
});

test('standard support that ends within the seven days asks for the change from that day on, and no earlier', () => {
  const late = new Date('2026-11-28T00:00:00Z');
  expect(foreseen('1.34', 'STANDARD', late)[1]?.message).toMatch(
    /^From 2026-12-02T00:00:00.000Z on 1\.34 is in extended/,
  );
  expect(codes('1.34', 'STANDARD', new Date('2026-11-25T00:00:00Z'))).toEqual(['HopReversible']);
});

test('an upgrade that has ended is reversible until the earlier of seven days and the end of support', () => {
  const of = (to: string, completedAt: string) =>
    wayBack(KubeVersion.parse(to), {
      name: 'web',
      region: 'eu-central-1',
      now,
      calendar,
      completedAt: new Date(completedAt),
    });
  expect(of('1.35', '2026-11-18T00:00:00Z').until).toEqual(new Date('2026-11-25T00:00:00Z'));
  expect(of('1.31', '2026-11-20T00:00:00Z')).toMatchObject({ until: new Date('2026-11-26T00:00:00Z'), isCut: true });
  expect(of('1.31', '2026-11-18T00:00:00Z')).toMatchObject({ until: new Date('2026-11-25T00:00:00Z'), isCut: false });
  expect(of('1.35', '2026-11-13T08:00:00Z')).toEqual({ isCut: false, reasons: [] });
});
