import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { blockersOnTheWay } from './hop-blockers.ts';
import { readinessOf, readinessOfMember, readinessTo } from './readiness.ts';

const now = new Date('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
const region: RegionVersions = {
  region: 'eu-central-1',
  versions: ['1.34', '1.35', '1.36', '1.37'].map((version) => ({ version, status: 'STANDARD_SUPPORT' })),
  announced: [],
  checkedAt: hoursAgo(1),
};
const cluster = clusterRecord({ version: '1.35' });
const scan = (parts: Partial<LatestScans['scans'][number]> = {}): LatestScans['scans'][number] => ({
  ...{ scannedAt: hoursAgo(1), from: '1.35', target: '1.36', verdict: 'pass', errors: 0, warnings: 0, infos: 0 },
  ...{ waived: 0, read: 9, gaps: 0, causes: [], dataUpdatedOn: '2026-11-01' },
  ...parts,
});
const look = (scans: LatestScans['scans'], target?: string, of: ClusterRecord = cluster) => {
  const known = { scans: { clusterKey: of.clusterKey, scans }, region, now };
  const { verdict, reasons, ...about } = readinessOf(of, {
    ...known,
    ...(target === undefined ? {} : { target: KubeVersion.parse(target) }),
  });
  return [verdict, about.for, about.scannedAt, reasons.map(({ code }) => code)];
};
const stuck: LatestScans['scans'][number]['causes'][number] = {
  cause: 'drain:payments/api',
  owner: 'payments',
  severity: 'error',
  findings: 1,
  fixes: ['Mend it.'],
};

test('who was looked at within a day and has nothing in the way is ready for the next minor', () => {
  expect(look([scan()])).toEqual(['ready', '1.36', hoursAgo(1), []]);
  expect(look([scan()], '1.36')).toEqual(['ready', '1.36', hoursAgo(1), []]);
  expect(look([scan()], '1.37')).toEqual(['readyAfterHops', '1.36', hoursAgo(1), []]);
});

test('who has something in the way is blocked, and says by what', () => {
  expect(look([scan({ verdict: 'fail', causes: [stuck] })])).toEqual(['blocked', '1.36', hoursAgo(1), ['ScanFinding']]);
  // By the gate's name for it, where the look knows that.
  const named = scan({ verdict: 'fail', causes: [{ ...stuck, code: 'DrainStuck' }] });
  expect(look([named])[3]).toEqual(['DrainStuck']);
  const al2 = clusterRecord({
    version: '1.35',
    nodegroups: [{ name: 'old', version: '1.35', status: 'ACTIVE', amiType: 'AL2_x86_64', issues: [] }],
  });
  // The inventory proves it, whatever the last look says.
  expect(look([scan()], undefined, al2)[0]).toBe('blocked');
  expect(look([], undefined, al2)[0]).toBe('blocked');
});

test('what the inventory proves and a waiver covers blocks no more than it blocks the hop, unless EKS refuses it', () => {
  const groupAt = (version: string) =>
    clusterRecord({
      version: '1.35',
      nodegroups: [{ name: 'old', version, status: 'ACTIVE', amiType: 'AL2_x86_64', issues: [] }],
    });
  const waivedErrors = [{ rule: 'al2-ami', cause: 'nodegroup:old' }];
  const waived = scan({ waivedErrors, waivedUntil: hoursAgo(-1) });
  expect(look([waived], undefined, groupAt('1.35'))[0]).toBe('ready');
  expect(look([waived], undefined, groupAt('1.32')).slice(0, 4)).toEqual([
    'blocked',
    '1.36',
    hoursAgo(1),
    ['VersionSkew'],
  ]);
  // Of another group the waiver says nothing.
  expect(
    look([scan({ waivedErrors: [{ rule: 'al2-ami', cause: 'nodegroup:other' }] })], undefined, groupAt('1.35'))[0],
  ).toBe('blocked');
  // A look that is too old asks for another one; once the waiver has ended the inventory counts again.
  expect(look([scan({ ...waived, scannedAt: hoursAgo(30) })], undefined, groupAt('1.35'))[0]).toBe('stale');
  const ended = look([scan({ waivedErrors, waivedUntil: hoursAgo(0) })], undefined, groupAt('1.35'));
  expect(ended).toEqual(['blocked', '1.36', hoursAgo(1), ['ScanFinding', 'ScanStale']]);
});

test('a cluster that Liftlock never touches is blocked by that, and no look is promised', () => {
  const local = clusterRecord({ version: '1.35', unsupported: 'It is a local cluster on an Outpost.' });
  expect(look([], undefined, local)).toEqual(['blocked', '1.36', null, ['Unsupported']]);
});

test('what was not read is never ready', () => {
  expect(look([scan({ verdict: 'incomplete', gaps: 1 })])).toEqual([
    'incomplete',
    '1.36',
    hoursAgo(1),
    ['ScanIncomplete'],
  ]);
  expect(look([])).toEqual(['incomplete', '1.36', null, ['NeverScanned']]);
  expect(look([scan({ target: '1.37' })])).toEqual(['incomplete', '1.36', null, ['NeverScanned']]);
});

test.each([
  ['a node group', { nodegroups: [{ name: 'workers', version: '1.36', status: 'ACTIVE', issues: [] }] }, 'workers'],
  [
    'kube-proxy',
    { addons: [{ name: 'kube-proxy', version: 'v1.36.0-eksbuild.2', status: 'ACTIVE', issues: [] }] },
    'every node',
  ],
])('whose %s is newer than its control plane is blocked by that, however old the look is', (_, parts, name) => {
  const left = clusterRecord({ version: '1.35', ...parts });
  expect(look([scan()], undefined, left)).toEqual(['blocked', '1.36', hoursAgo(1), ['VersionSkew']]);
  expect(look([scan({ from: '1.36' })], undefined, left)).toEqual([
    'blocked',
    '1.36',
    hoursAgo(1),
    ['VersionSkew', 'ScanStale'],
  ]);
  const skew = `${name} is 1.36, newer than the API server at 1.35`;
  expect(
    blockersOnTheWay(left, undefined, '1.37', undefined).filter(({ message }) => message.includes(skew)),
  ).toHaveLength(1);
});

test('a look that is older than a day, or of another version, is stale, and still names what it found', () => {
  expect(look([scan({ scannedAt: hoursAgo(24) })])[0]).toBe('ready');
  expect(look([scan({ scannedAt: hoursAgo(25) })])).toEqual(['stale', '1.36', hoursAgo(25), ['ScanStale']]);
  expect(look([scan({ from: '1.34' })])[0]).toBe('stale');
  // It was elsewhere since, and is there again.
  const back = clusterRecord({ version: '1.35', versionObservedAt: hoursAgo(0.5) });
  expect(look([scan()], undefined, back)[0]).toBe('stale');
  expect(look([scan({ scannedAt: hoursAgo(0.4) })], undefined, back)[0]).toBe('ready');
  expect(look([scan({ scannedAt: hoursAgo(30), verdict: 'fail', causes: [stuck] })])[3]).toEqual([
    'ScanStale',
    'ScanFinding',
  ]);
});

test('what rested on a waiver is stale from the end of that waiver on', () => {
  expect(look([scan({ waivedUntil: hoursAgo(-1) })])[0]).toBe('ready');
  expect(look([scan({ waivedUntil: hoursAgo(0) })])).toEqual(['stale', '1.36', hoursAgo(1), ['ScanStale']]);
});

test('who is ready by a waiver says until when', () => {
  const known = {
    scans: { clusterKey: cluster.clusterKey, scans: [scan({ waivedUntil: hoursAgo(-1) })] },
    region,
    now,
  };
  expect(readinessOf(cluster, known).waivedUntil).toBe(hoursAgo(-1));
  const bad = scan({ waivedUntil: hoursAgo(-1), verdict: 'fail', causes: [stuck] });
  expect(readinessOf(cluster, { ...known, scans: { ...known.scans, scans: [bad] } })).not.toHaveProperty('waivedUntil');
});

test('where EKS offers nothing newer there is nothing to be ready for', () => {
  expect(look([], undefined, clusterRecord({ version: '1.37' }))).toEqual(['ready', null, null, []]);
});

test('before anybody has read what EKS offers, nobody is ready', () => {
  const known = { scans: { clusterKey: cluster.clusterKey, scans: [scan()] }, region: undefined, now };
  expect(readinessOf(cluster, known)).toMatchObject({ verdict: 'incomplete', reasons: [{ code: 'VersionsUnknown' }] });
});

test.each([
  ['blocks', { verdict: 'fail' as const, causes: [stuck] }, 'blocked', 'ScanFinding', /drain:payments\/api/],
  ['is not whole', { verdict: 'incomplete' as const, gaps: 1 }, 'incomplete', 'ScanIncomplete', /--target 1\.37$/],
  [
    'is a day old',
    { verdict: 'fail' as const, causes: [stuck], scannedAt: hoursAgo(25) },
    'stale',
    'ScanStale',
    /scan cluster \S+ --target 1\.37$/,
  ],
  ['was at another minor', { from: '1.34' }, 'stale', 'ScanStale', /scan cluster \S+ --target 1\.37$/],
])(
  'a look for a later hop that %s is said with its time, and with what looks again',
  (_, parts, verdict, code, said) => {
    const later = scan({ target: '1.37', scannedAt: hoursAgo(2), ...parts });
    const scans = { clusterKey: cluster.clusterKey, scans: [scan(), later] };
    const found = readinessTo(cluster, KubeVersion.parse('1.37'), { scans, now });
    expect(found).toMatchObject({ verdict, for: '1.37', scannedAt: later.scannedAt });
    expect(found.reasons[0]).toMatchObject({ code, message: expect.stringMatching(said) });
    // A later hop without a look blocks no member.
    const unseen = { clusterKey: cluster.clusterKey, scans: [scan()] };
    expect(readinessTo(cluster, KubeVersion.parse('1.37'), { scans: unseen, now }).verdict).toBe('readyAfterHops');
  },
);

test.each([
  ['passes', {}, ['readyAfterHops', '1.37', []]],
  ['is refused', { verdict: 'fail' as const, causes: [stuck] }, ['blocked', '1.37', ['ScanFinding']]],
  ['is old', { scannedAt: hoursAgo(25) }, ['incomplete', '1.36', ['NeverScanned', 'ScanStale']]],
  ['was made at another minor', { from: '1.34' }, ['incomplete', '1.36', ['NeverScanned', 'ScanStale']]],
  [
    'was not whole',
    { verdict: 'incomplete' as const, gaps: 1 },
    ['incomplete', '1.36', ['NeverScanned', 'ScanIncomplete']],
  ],
])(
  'a look at a minor two hops away is one at the first, too, where nobody has looked at that: one that %s',
  (_, parts, said) => {
    const scans = { clusterKey: cluster.clusterKey, scans: [scan({ target: '1.37', ...parts })] };
    const found = readinessTo(cluster, KubeVersion.parse('1.37'), { scans, now });
    expect([found.verdict, found.for, found.reasons.map(({ code }) => code)]).toEqual(said);
  },
);

test('what stands in the way of the first hop and of a later one is told together, of the first one, as explain has it', () => {
  const first = scan({ verdict: 'fail', causes: [stuck] });
  const later = scan({ target: '1.37', verdict: 'fail', causes: [{ ...stuck, cause: 'api:ingresses' }] });
  const scans = { clusterKey: cluster.clusterKey, scans: [first, later] };
  const { verdict, for: of, reasons } = readinessTo(cluster, KubeVersion.parse('1.37'), { scans, now });
  expect([verdict, of]).toEqual(['blocked', '1.36']);
  expect(reasons).toEqual(blockersOnTheWay(cluster, scans, '1.37', undefined));
  expect(reasons.map(({ message }) => message)).toEqual([
    expect.stringContaining('drain:payments/api'),
    expect.stringContaining('api:ingresses'),
  ]);
  const old = { ...scans, scans: [scan({ scannedAt: hoursAgo(30) }), later] };
  const stale = readinessTo(cluster, KubeVersion.parse('1.37'), { scans: old, now });
  expect([stale.verdict, stale.reasons.map(({ code }) => code)]).toEqual(['stale', ['ScanStale', 'ScanFinding']]);
});

test('of a later hop no more reasons are told than an answer has room for, and how many are left', () => {
  const causes = Array.from({ length: 20 }, (_, at) => ({ ...stuck, cause: `drain:payments/${at}` }));
  const later = scan({ target: '1.37', verdict: 'fail', causes });
  const scans = { clusterKey: cluster.clusterKey, scans: [scan(), later] };
  const { reasons } = readinessTo(cluster, KubeVersion.parse('1.37'), { scans, now });
  expect(reasons.at(-1)?.code).toBe('MoreReasons');
  expect(reasons.length).toBeLessThan(20);
});

test('who stays at its minor is ready by a look at that alone: a hop that has brought it there says nothing of its nodes', () => {
  const stays = (...scans: LatestScans['scans']) => {
    const known = { scans: { clusterKey: cluster.clusterKey, scans }, now };
    const { verdict, reasons } = readinessOfMember(cluster, { from: '1.35', to: '1.35' }, known);
    return [verdict, reasons.map(({ code }) => code)];
  };
  expect(stays(scan(), scan({ from: '1.34', target: '1.35' }))).toEqual(['incomplete', ['NeverScanned']]);
  expect(stays(scan({ target: '1.35' }))).toEqual(['ready', []]);
  expect(stays(scan({ target: '1.35', verdict: 'fail', causes: [stuck] }))[0]).toBe('blocked');
  const hop = readinessOfMember(cluster, { from: '1.35', to: '1.36' }, { scans: undefined, now });
  expect(hop.reasons[0]?.message).toMatch(/may go to 1\.36; that happens by itself within a day\. Sooner: /);
});
