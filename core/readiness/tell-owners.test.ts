import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { apiVersion } from '../config/kinds.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { LatestScans, ScanCause } from '../contracts/items/scan.ts';
import { given } from '../model/given.ts';
import { noticeOf } from '../notices/notice-of.ts';
import type { OwnerAddress } from '../ports/outside.ts';
import type { Patches } from '../rollout/candidates.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { ClusterNewsItems, Configs, ReadinessHistories } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { LatestScanItems, newestFirst, ScanSummaries, saveParts } from '../store/scan-entities.ts';
import { type TellPorts, tellOwners } from './tell-owners.ts';

const region: RegionVersions = {
  ...{ region: 'eu-central-1', announced: [], checkedAt: NOON.toISOString() },
  versions: [
    { version: '1.34', status: 'STANDARD_SUPPORT', endOfStandardSupport: '2026-12-15' },
    { version: '1.35', status: 'STANDARD_SUPPORT' },
    { version: '1.36', status: 'STANDARD_SUPPORT' },
  ],
};
const pdb = (owner?: string): ScanCause => ({
  ...{ cause: 'pdb:gateway', severity: 'error', findings: 1, what: 'It allows no disruption.', fixes: ['Allow one.'] },
  ...(owner && { owner }),
});
const api = (owner: string): ScanCause => ({ ...pdb(owner), cause: 'helm:shop', what: 'It is removed.' });
const TOPIC = 'arn:aws:sns:eu-central-1:111111111111:payments';
const tags = { team: 'platform' };
const shop = clusterRecord({ name: 'shop', tags, labels: {} });
const web = clusterRecord({ name: 'web', tags, labels: {} });

/** One fleet, looked at hour by hour. */
function world(owners: Readonly<Record<string, OwnerAddress>> = { payments: { topic: TOPIC } }) {
  const table = new MemoryTable();
  const told: LiftlockEvent[] = [];
  const sent: Parameters<TellPorts['addresses']['send']>[] = [];
  const state = {
    refused: undefined as string | undefined,
    waivedUntil: undefined as string | undefined,
    unseen: undefined as readonly ScanCause[] | undefined,
    waivedErrors: undefined as readonly { readonly rule: string; readonly cause: string }[] | undefined,
    dies: false,
    hour: 0,
    region,
    gone: [] as ClusterRecord[],
  };
  const ports = {
    table,
    clock: { now: () => new Date(NOON.getTime() + state.hour * 3_600_000) },
    events: {
      publish: async (events: readonly LiftlockEvent[]) => {
        if (state.dies && events.some(({ type }) => type === 'OwnerNews')) throw new Error('died');
        told.push(...events);
      },
    },
    addresses: {
      send: async (...given: (typeof sent)[number]) => {
        sent.push(given);
        return state.refused;
      },
    },
  };
  const look = async (
    found: Readonly<Record<string, readonly ScanCause[] | undefined>>,
    clusters: readonly ClusterRecord[] = [shop, web],
    patches: ReadonlyMap<string, Patches> = new Map(),
  ) => {
    const empty = await loadSnapshot(table, [], 'fleet');
    const fleet = { owners, allowedHosts: ['hooks.example.com'] } as unknown as NonNullable<typeof empty.fleet>;
    const snapshot = {
      ...empty,
      fleet,
      clusters: new Map(state.gone.map((one) => [one.clusterKey, one])),
      regions: new Map([[region.region, state.region]]),
    };
    const scans = new Map(
      clusters.flatMap(({ name, clusterKey, version }) => {
        const causes = found[name];
        if (causes === undefined) return [];
        const scan = {
          ...{ scannedAt: ports.clock.now().toISOString(), from: version, target: '1.35', causes, gaps: 0 },
          verdict: causes.length === 0 ? 'pass' : 'fail',
          ...given({ waivedUntil: state.waivedUntil, unseen: state.unseen, waivedErrors: state.waivedErrors }),
        };
        return [[clusterKey, { clusterKey, scans: [scan] } as unknown as LatestScans] as const];
      }),
    );
    told.length = 0;
    sent.length = 0;
    const answer = await tellOwners(ports, snapshot, clusters, scans, patches);
    const news = told.flatMap((one) =>
      one.type === 'OwnerNews'
        ? one.detail.news.map(({ what, cluster }) => `${one.detail.owner}: ${cluster.split('/')[1]} ${what}`)
        : [],
    );
    state.hour += 1;
    return { answer, news, events: told.flatMap((one) => (one.type === 'ReadinessChanged' ? one.detail.verdict : [])) };
  };
  return { table, told, sent, state, look };
}
const quiet = { shop: [], web: [] };
const calm = clusterRecord({ name: 'shop', tags, labels: {}, version: '1.35' });

test('each owner hears once, and in one notice, of all that became blocked of it; what nobody owns goes to who owns the cluster', async () => {
  const { look, told, sent } = world();
  const first = await look({ shop: [pdb('payments'), api('search')], web: [pdb('payments'), api('payments')] });
  expect(first.news.sort()).toEqual(['payments: shop blocked', 'payments: web blocked', 'search: shop blocked']);
  expect(first.events).toEqual(['blocked', 'blocked']);
  const own = told.find((one) => one.type === 'OwnerNews' && one.detail.owner === 'payments');
  expect(sent).toMatchObject([
    [{ topic: TOPIC }, ['hooks.example.com'], { type: 'OwnerNews', detail: { owner: 'payments' } }],
  ]);
  expect(own?.detail).toMatchObject(sent[0]?.[2].detail ?? {});
  const notices = told.flatMap((one) => (one.type === 'OwnerNews' ? [{ ...one.detail, ...noticeOf(one) }] : []));
  expect(notices.sort((a, b) => ((a.owner ?? '') < (b.owner ?? '') ? -1 : 1))).toMatchObject([
    { owner: 'payments', sentTo: TOPIC, what: expect.stringMatching(/^For payments: shop .* web .*\.$/) },
    { owner: 'search', what: expect.stringContaining('For search: shop (account') },
  ]);
  // Each is told its own causes, and no other's.
  expect(notices.map(({ news }) => news.map(({ reasons }) => reasons.map(({ message }) => message)))).toEqual([
    [
      [expect.stringMatching(/pdb:gateway \(payments\): It allows no disruption\. Allow one\.$/)],
      [
        expect.stringMatching(/pdb:gateway \(payments\)/),
        expect.stringMatching(/helm:shop \(payments\): It is removed\./),
      ],
    ],
    [[expect.stringMatching(/helm:shop \(search\): It is removed\./)]],
  ]);
  // A program is told of the cluster as a whole.
  expect(told.flatMap((one) => (one.type === 'ReadinessChanged' ? [one.detail] : []))).toMatchObject([
    {
      ...{ cluster: shop.arn, target: '1.35', verdict: 'blocked', scannedAt: NOON.toISOString() },
      reasons: [{ message: expect.stringContaining('pdb:gateway') }, { message: expect.stringContaining('helm:shop') }],
    },
    { cluster: web.arn, reasons: [{ code: 'ScanFinding' }, { code: 'ScanFinding' }] },
  ]);
  expect(notices[1]).not.toHaveProperty('sentTo');
  expect(
    (await look({ shop: [pdb('payments'), api('search')], web: [pdb('payments'), api('payments')] })).news,
  ).toEqual([]);
  // An owner who got one message gets the next one, and others get none.
  expect(
    (await look({ shop: [pdb('payments'), api('search')], web: [pdb('payments'), api('payments'), pdb()] })).news,
  ).toEqual(['platform: web blocked']);
});

test('who was told that something is in the way hears when nothing is any more, through looks that say nothing', async () => {
  const { look, state, table } = world();
  expect((await look({ ...quiet, shop: [] })).news).toEqual([]);
  await look({ ...quiet, shop: [pdb('payments')] });
  state.hour += 30;
  expect((await look({ web: [] })).news).toEqual([]);
  expect((await look({ ...quiet, shop: [pdb('payments')] })).news).toEqual([]);
  const freed = await look(quiet);
  expect([freed.news, freed.events]).toEqual([['payments: shop ready'], ['ready']]);
  expect((await look(quiet)).news).toEqual([]);
  const kept = (await load(table, ClusterNewsItems, shop.clusterKey))?.data.readiness;
  expect(kept).toMatchObject({ isBlocked: false, target: '1.35', stoppers: [] });
});

test('who was told of what a look could not see is not told again by one that could', async () => {
  const { look, state, table } = world();
  await look({ ...quiet, shop: [pdb('payments'), api('search')] });
  state.unseen = [pdb()];
  expect((await look({ ...quiet, shop: [api('search')] })).news).toEqual([]);
  state.unseen = undefined;
  expect((await look({ ...quiet, shop: [pdb('payments'), api('search')] })).news).toEqual([]);
  expect((await load(table, ReadinessHistories, shop.clusterKey))?.data.ended).toEqual([]);
  await look({ ...quiet, shop: [api('search')] });
  expect((await look({ ...quiet, shop: [pdb('payments'), api('search')] })).news).toEqual(['payments: shop blocked']);
});

test('a node group that the inventory proves to stop the hop is told once, and is one cause, when its scan finds it too', async () => {
  const { look, table } = world();
  const scanned = { ...pdb(), cause: 'nodegroup:a', what: 'Its image is gone.' };
  expect((await look({}, [withGroups('a')])).news).toEqual(['platform: shop blocked']);
  expect((await look({ shop: [scanned] }, [withGroups('a')])).news).toEqual([]);
  const history = (await load(table, ReadinessHistories, shop.clusterKey))?.data;
  const known = { cause: 'nodegroup:a', since: NOON.toISOString(), what: expect.stringContaining('AL2_x86_64') };
  expect(history).toMatchObject({ causes: [known], ended: [] });
});

test('who had something waived that the inventory proves hears of it once its waiver has ended, and of nothing else', async () => {
  const { look, state, table } = world();
  state.waivedErrors = [{ rule: 'al2-ami', cause: 'nodegroup:a' }];
  state.waivedUntil = new Date(NOON.getTime() + 30 * 60_000).toISOString();
  expect((await look({ shop: [] }, [withGroups('a')])).news).toEqual([]);
  expect((await look({ shop: [] }, [withGroups('a')])).news).toEqual(['platform: shop blocked']);
  const { causes } = (await load(table, ReadinessHistories, shop.clusterKey))?.data ?? {};
  expect(causes?.map(({ cause }) => cause)).toEqual(['nodegroup:a']);
});

test('who hears that nothing counts any more hears that it was waived, where it was', async () => {
  const { look, state, told } = world();
  await look({ ...quiet, shop: [pdb('payments')] });
  state.waivedUntil = '2026-12-24T00:00:00.000Z';
  expect((await look(quiet)).news).toEqual(['payments: shop ready']);
  const notices = told.flatMap((one) => noticeOf(one) ?? []);
  expect(notices).toEqual([
    expect.objectContaining({
      what: expect.stringMatching(
        /^For payments: Nothing that counts is in the way of shop .* any more, by a waiver: it may go to 1\.35\.$/,
      ),
      why: 'Findings of its last look are waived until 2026-12-24T00:00:00.000Z, and are there still: liftlock scan cluster 111122223333.eu-central-1.shop',
    }),
  ]);
});

test('each of several owners of one cause hears of it at its own address, and that it is gone', async () => {
  const { look, sent } = world({ payments: { topic: TOPIC }, search: { topic: TOPIC } });
  const shared = { ...pdb('payments, search'), cause: 'manager:kubectl', owners: ['payments', 'search'] };
  expect((await look({ ...quiet, shop: [shared] })).news).toEqual(['payments: shop blocked', 'search: shop blocked']);
  expect(sent).toHaveLength(2);
  expect((await look({ ...quiet, shop: [{ ...shared, owners: ['payments', 'search'] }] })).news).toEqual([]);
  expect((await look(quiet)).news).toEqual(['payments: shop ready', 'search: shop ready']);
});

test('of more owners than one transaction writes each is told once, those for whom it has no room by the looks after it', async () => {
  const { look } = world();
  const owners = Array.from({ length: 10 }, (_, at) => `team-${at}`);
  const found = Array.from({ length: 20 }, (_, at) => ({
    ...pdb('many'),
    ...{ cause: `manager:${at}`, owners: owners.map((one) => `${one}-${at}`) },
  }));
  const told = async (causes: readonly ScanCause[]) => {
    const looks = [];
    for (let number = 0; number < 4; number += 1) looks.push((await look({ shop: causes }, [shop])).news);
    expect(looks.map(({ length }) => length)).toEqual([80, 80, 40, 0]);
    return new Set(looks.flat());
  };
  expect((await told(found)).size).toBe(200);
  expect(await told([])).toEqual(new Set(found.flatMap((one) => one.owners.map((owner) => `${owner}: shop ready`))));
});

test('one that has gone past what blocked it is not told as freed', async () => {
  const { look } = world();
  await look({ shop: [pdb('payments')] }, [shop]);
  expect((await look({ shop: [] }, [calm])).news).toEqual([]);
});

test('what its own address does not take goes to the topic of the hub, and says why', async () => {
  const { look, state, told } = world();
  state.refused = 'It answered with HTTP status 500.';
  const { answer } = await look({ ...quiet, shop: [pdb('payments')] });
  expect(answer).toEqual({ told: 1, refused: 1 });
  const [event] = told.filter(({ type }) => type === 'OwnerNews');
  expect(event?.detail).not.toHaveProperty('sentTo');
  expect(event && noticeOf(event)?.why).toMatch(
    /The address of this owner did not take it \(It answered with HTTP status 500/,
  );
});

test('a run that dies before it has told leaves that to the next one, which tells it once', async () => {
  const { look, state } = world();
  state.dies = true;
  await expect(look({ ...quiet, shop: [pdb('search')] })).rejects.toThrow('died');
  state.dies = false;
  expect((await look({ ...quiet, shop: [pdb('search')] })).news).toEqual(['search: shop blocked']);
  expect((await look({ ...quiet, shop: [pdb('search')] })).news).toEqual([]);
  expect((await look({ ...quiet, shop: [pdb('search')] })).answer).toEqual({ told: 0, refused: 0 });
});

test('an upgrade by force is told once for each date, to who owns the cluster', async () => {
  const { look, state } = world();
  const forced = clusterRecord({ name: 'shop', tags, labels: {}, supportType: 'STANDARD' });
  const at = (end: string) => {
    state.region = { ...region, versions: region.versions.map((one) => ({ ...one, endOfStandardSupport: end })) };
    return look({ shop: [] }, [forced]);
  };
  const day = (days: number) => new Date(NOON.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  expect((await at(day(40))).news).toEqual([]);
  expect((await at(day(30))).news).toEqual(['platform: shop forcedUpgrade']);
  expect((await at(day(30))).news).toEqual([]);
  expect((await at(day(20))).news).toEqual(['platform: shop forcedUpgrade']);
  expect((await look({ shop: [] }, [clusterRecord({ name: 'web', tags, labels: {} })])).news).toEqual([]);
});

test('patches that were due are told once for each day that has passed, to who owns the cluster, with what they are', async () => {
  const { look, told } = world();
  const addon = {
    name: 'coredns',
    version: 'v1.1',
    wants: 'v1.2',
    seenOn: '2026-11-20',
    newerSince: NOON.toISOString(),
  };
  const due = (hours: number, addons = [addon]): Map<string, Patches> => {
    const dueAt = new Date(NOON.getTime() + hours * 3_600_000);
    return new Map([[calm.clusterKey, { images: [], unknown: [], addons, dueAt }]]);
  };
  const at = async (patches: Map<string, Patches>) => (await look({ shop: [] }, [calm], patches)).news;
  expect(await at(due(1.5))).toEqual([]);
  expect(await at(due(1.5))).toEqual([]);
  expect(await at(due(1.5))).toEqual(['platform: shop patchesOverdue']);
  const notice = told.flatMap((one) => (one.type === 'OwnerNews' ? (noticeOf(one) ?? []) : []))[0];
  expect(notice?.what).toMatch(/^For platform: shop \(account .*\) at 1\.35 was to have newer images or add-ons by /);
  expect(notice?.why).toMatch(/coredns v1\.1.*v1\.2.* By its policy \(patch\.within\) shop was to have that by /);
  expect(notice?.todo).toMatch(/^See what keeps it from that: liftlock explain cluster 111122223333.eu-central-1.shop/);
  expect(await at(due(1.5))).toEqual([]);
  expect(await at(due(1.5, []))).toEqual([]);
  expect(await at(due(2.5, []))).toEqual([]);
  expect(await at(due(2.5))).toEqual(['platform: shop patchesOverdue']);
});

test('a fleet that changes all at once is told in as many transactions as it takes', async () => {
  const { look } = world();
  const many = Array.from({ length: 150 }, (_, at) =>
    clusterRecord({ name: `c${at}`, tags: { team: `t${at}` }, labels: {} }),
  );
  const found = Object.fromEntries(many.map(({ name }) => [name, [pdb()]]));
  expect((await look(found, many)).news).toHaveLength(150);
});

test('a second node group that stops the hop for the same reason is news, and looks that find both again are none', async () => {
  const { look, table } = world();
  expect((await look({ shop: [] }, [withGroups('a')])).news).toEqual(['platform: shop blocked']);
  expect((await look({ shop: [] }, [withGroups('a', 'b')])).news).toEqual(['platform: shop blocked']);
  const kept = () => load(table, ClusterNewsItems, shop.clusterKey);
  const before = await kept();
  expect((await look({ shop: [] }, [withGroups('b', 'a')])).news).toEqual([]);
  expect(await kept()).toEqual(before);
});

test('what was in the way of one minor and is in the way of the next is told of that, too', async () => {
  const { look } = world();
  await look({ shop: [] }, [withGroups('a')]);
  expect((await look({ shop: [] }, [{ ...withGroups('a'), version: '1.35' }])).news).toEqual([
    'platform: shop blocked',
  ]);
});

test('what stopped a cluster is kept with the news of it, since when its scans know it, and ends with the cluster', async () => {
  const { look, state, table } = world();
  const kept = async () => (await load(table, ReadinessHistories, shop.clusterKey))?.data;
  const since = new Date(NOON.getTime() - 5_000).toISOString();
  const known = { cause: 'pdb:gateway', owner: 'payments', target: '1.35', since, what: 'It allows no disruption.' };
  await look({ shop: [{ ...pdb('payments'), since }] }, [shop]);
  expect(await kept()).toMatchObject({ word: { verdict: 'blocked' }, causes: [known], ended: [] });
  // No one is told that a look is too old, and the history says so.
  state.hour += 30;
  expect((await look({}, [shop])).news).toEqual([]);
  expect(await kept()).toMatchObject({ word: { verdict: 'incomplete' }, causes: [known] });
  const deletedAt = NOON.toISOString();
  state.gone = [{ ...shop, deletedAt }];
  expect((await look({}, [])).news).toEqual([]);
  const ended = await kept();
  expect(ended).toMatchObject({ causes: [], ended: [{ ...known, until: deletedAt, how: 'clusterDeleted' }] });
  expect(ended).not.toHaveProperty('word');
  await look({}, []);
  expect(await kept()).toEqual(ended);
});

test('what a waiver lets pass ended by whoever applied it', async () => {
  const { look, table } = world();
  const cause = 'pdb:gateway';
  await look({ shop: [pdb('payments'), api('search'), { ...pdb(), cause: 'mended' }] }, [shop]);
  const spec = { reason: 'It may.', owner: 'payments', expires: '2027-01-01', match: { rule: 'drain' } };
  const document = { apiVersion, kind: 'ScanWaiver', metadata: { name: 'quiet' }, spec };
  const waiver = { kind: 'ScanWaiver', name: 'quiet', document, revision: 'r', appliedBy: 'ann' } as const;
  const finding = { id: 'f', waived: true, waiver: 'quiet (payments, until 2027-01-01)' };
  const scannedAt = new Date(NOON.getTime() + 3_600_000).toISOString();
  // Another finding is there still, and no waiver covers it.
  const groups = [
    { cause: 'helm:shop', findings: ['g'] },
    { cause, findings: ['f'] },
  ];
  const report = { scannedAt, findings: [{ id: 'g', waived: false, waiver: null }, finding], groups };
  const counts = { errors: 0, warnings: 0, infos: 0, waived: 1, read: 1, gaps: 0, causes: [], unread: [] };
  const of = { clusterKey: shop.clusterKey, scannedAt, from: '1.34', target: '1.35' };
  const summary = { ...of, ...counts, execution: 'e', verdict: 'pass' as const, dataUpdatedOn: '2026-11-01' };
  const { clusterKey: _, execution: __, unread: ___, ...listed } = summary;
  const owner = { clusterKey: shop.clusterKey, owner: `REPORT#${newestFirst(scannedAt)}` };
  const parts = await saveParts(table, owner, JSON.stringify(report), NOON);
  await table.transact([
    put(Configs, { ...waiver, appliedAt: NOON.toISOString() }, 'absent'),
    put(ScanSummaries, { ...summary, parts }, 'absent'),
    put(LatestScanItems, { clusterKey: shop.clusterKey, scans: [listed] }, 'absent'),
  ]);
  await look({ shop: [] }, [shop]);
  const kept = (await load(table, ReadinessHistories, shop.clusterKey))?.data;
  expect(kept?.ended.map((one) => [one.cause, one.how, one.by])).toEqual([
    [cause, 'waived', 'ann'],
    ['helm:shop', 'noLongerThere', undefined],
    ['mended', 'noLongerThere', undefined],
  ]);
});

function withGroups(...names: string[]): ClusterRecord {
  const nodegroups = names.map((name) => ({ name, status: 'ACTIVE', amiType: 'AL2_x86_64', version: '1.34' }));
  return clusterRecord({ name: 'shop', tags, labels: {}, nodegroups: nodegroups as never });
}
