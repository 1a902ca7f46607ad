import type { LatestScans } from '../contracts/items/scan.ts';
import { blockingFindings, scanOfHop } from './blocking-findings.ts';

type Scan = LatestScans['scans'][number];
const scan = (from: string, target: string, ...causes: Scan['causes']) => ({ from, target, causes }) as Scan;
const error = (cause: string) => ({ cause, severity: 'error' }) as Scan['causes'][number];
const warning = { cause: 'w', severity: 'warning' } as Scan['causes'][number];
const latest = (...scans: Scan[]): LatestScans => ({ clusterKey: 'k', scans });

const ofHop = scan('1.36', '1.37', error('a'), warning, error('b'));
const FOUND = ['k 1.37 a', 'k 1.37 b'];

test.each<[string, Scan[], Scan | undefined, string[]]>([
  ['nothing was scanned', [], undefined, []],
  ['the newest scan is for a newer version', [ofHop, scan('1.35', '1.36', error('old'))], ofHop, FOUND],
  ['the newest scan is for the version that it had', [scan('1.36', '1.36', error('own')), ofHop], ofHop, FOUND],
  ['the newest scan is for an older version', [scan('1.36', '1.35', error('back')), ofHop], ofHop, FOUND],
  ['all scans are for the version that it had', [scan('1.36', '1.36', error('own'))], undefined, []],
])('what blocks the next hop of a cluster where %s', (_, scans, counts, found) => {
  expect(scanOfHop(latest(...scans))).toBe(counts);
  expect(blockingFindings(latest(...scans))).toEqual(found);
});

test('of two scans for newer versions the newest counts, whatever it has found', () => {
  const clean = scan('1.36', '1.38');
  expect(scanOfHop(latest(clean, ofHop))).toBe(clean);
  expect(blockingFindings(latest(clean, ofHop))).toEqual([]);
});
