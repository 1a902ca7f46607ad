import { FakeEks } from '../eks/fake-eks.ts';
import { seededRandom } from '../eks/seeded-random.ts';
import { loadFleetFiles } from './load-fleet.ts';

const NOW = new Date('2026-11-20T08:00:00Z');
const cluster = (name: string, version: string) => ({
  cluster: { name, arn: `arn:aws:eks:us-east-2:111122223333:cluster/${name}`, version, createdAt: 1_700_000_000 },
});
const listed = (clusterVersion: string, dates: readonly string[]) => {
  const [releaseDate, endOfStandardSupportDate, endOfExtendedSupportDate] = dates;
  return { clusterVersion, releaseDate, endOfStandardSupportDate, endOfExtendedSupportDate };
};

/** The versions that EKS offers once these files are loaded, the newest first, and the assumptions about them. */
function offered(...files: readonly object[]) {
  const given = files.map((file, index) => ({ path: `${index}.json`, text: JSON.stringify(file) }));
  const { state, statements } = loadFleetFiles(given, { now: NOW });
  const eks = new FakeEks(state, { random: seededRandom(1) });
  const caller = { account: '111122223333', region: 'us-east-2', principal: 'any' };
  const { clusterVersions = [] } = eks.operation('DescribeClusterVersions', {}, caller, NOW);
  return { versions: clusterVersions, said: statements.filter((text) => text.includes('version 1.')) };
}

const days = (rows: ReturnType<typeof offered>['versions']) =>
  rows.map((row) => `${row.clusterVersion} ${row.endOfStandardSupportDate?.toISOString().slice(0, 10)}`);

test('a version that a cluster is at is one that EKS offers, and so is every one before it', () => {
  const { versions, said } = offered(cluster('a', '1.39'), cluster('b', '1.39'), cluster('c', '1.36'));
  expect(days(versions).slice(0, 3)).toEqual(['1.39 2028-01-20', '1.38 2028-01-20', '1.37 2027-12-01']);
  expect(said).toEqual([
    'a: version 1.39 is newer than the built-in calendar; EKS is taken to offer it, as new (aws eks describe-cluster-versions prints its dates).',
  ]);
});

test('what describe-cluster-versions printed stands in place of what is built in, whatever the order of the files', () => {
  const dates = ['2026-11-01T00:00:00Z', '2028-01-05T00:00:00Z', '2029-01-05T00:00:00Z'];
  const older = ['2026-10-01T00:00:00Z', '2027-12-24T00:00:00Z', '2028-12-24T00:00:00Z'];
  const dump = { clusterVersions: [listed('1.38', dates), listed('1.37', older)] };
  const { versions, said } = offered(cluster('a', '1.38'), dump);
  expect(days(versions).slice(0, 3)).toEqual(['1.38 2028-01-05', '1.37 2027-12-24', '1.36 2027-08-02']);
  expect(versions[1]?.kubernetesPatchVersion).toBe('1.37.1');
  expect(said).toEqual([]);
});

test('of a version that is older than the calendar nobody knows the dates, and it is not offered', () => {
  const { versions, said } = offered(cluster('a', '1.28'));
  expect(versions.map(({ clusterVersion }) => clusterVersion)).not.toContain('1.28');
  expect(said[0]).toContain('a: version 1.28 is not in the support calendar; AWS does not upgrade it by force here');
});
