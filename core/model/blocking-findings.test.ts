import type { LatestScans } from '../contracts/items/scan.ts';
import { blockingFindings, scansOfHops } from './blocking-findings.ts';

type Scan = LatestScans['scans'][number];
const scan = (target: string, ...causes: Scan['causes']) => ({ target, causes }) as Scan;
const error = (cause: string) => ({ cause, severity: 'error' }) as Scan['causes'][number];
const warning = { cause: 'w', severity: 'warning' } as Scan['causes'][number];
const latest = (...scans: Scan[]): LatestScans => ({ clusterKey: 'k', scans });

const next = scan('1.37', error('a'), warning, error('b'));
const FOUND = ['k 1.37 a', 'k 1.37 b'];

test.each<[string, Scan[], Scan[], string[]]>([
  ['nothing was scanned', [], [], []],
  ['the newest scan is for a version that it had', [scan('1.36', error('own')), next], [next], FOUND],
  ['the newest scan is for an older version', [scan('1.35', error('back')), next], [next], FOUND],
  ['all scans are for the version that it has', [scan('1.36', error('own'))], [], []],
  ['a newer scan for a version further on found nothing', [scan('1.38'), next], [scan('1.38'), next], FOUND],
])('what blocks the hops of a cluster at 1.36 where %s', (_, scans, count, found) => {
  expect(scansOfHops(latest(...scans), '1.36')).toEqual(count);
  expect(blockingFindings(latest(...scans), '1.36')).toEqual(found);
});

test.each([
  ['1.37', FOUND],
  ['1.38', [...FOUND, 'k 1.38 far']],
])('what lies after the version that it goes to, %s, blocks none of its hops', (to, found) => {
  expect(blockingFindings(latest(next, scan('1.38', error('far'))), '1.36', to)).toEqual(found);
});

test('causes that found no place in the summary of a scan block as one', () => {
  const many = { ...next, moreErrors: 'digest' };
  expect(blockingFindings(latest(many), '1.36')).toEqual([...FOUND, 'k 1.37 digest']);
});

test('where nobody knows what version it had, every scan counts', () => {
  expect(blockingFindings(latest(scan('1.36', error('own')), next), '')).toEqual(['k 1.36 own', ...FOUND]);
});
