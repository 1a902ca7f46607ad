import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorLines, anchorName } from '../../core/anchors/anchor.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { loadAllRecords } from '../../core/inventory/records.ts';
import { shortId, shortKeyOf } from '../../core/model/cluster-key.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { link } from '../../core/store/audit.ts';
import { MemoryAnchorStore } from '../../test/contract/memory-anchor-store.ts';
import { type RunOptions, runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';
import { EXIT } from '../command/failure.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/audit';
const SHOP = 'arn:aws:eks:us-east-1:111111111111:cluster/shop@2026-01-01T00:00:00.000Z';
const NOON = new Date('2026-11-20T12:00:00Z');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftlock-audit-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function record(subject: string, length: number): AuditItem[] {
  const items: AuditItem[] = [];
  for (let index = 0; index < length; index += 1)
    items.push(link(items.at(-1), { subject, event: `Event${index}`, principal: 'p', detail: {} }, NOON));
  return items;
}

/** An export of records, with anchors for this number of the fleet's items. */
async function written(records: Record<string, readonly AuditItem[]>, anchored: readonly AuditItem[]): Promise<void> {
  const anchors = new MemoryAnchorStore();
  const ports = { anchors, clock: { now: () => NOON } };
  for (const entry of anchored) await anchorLines(ports, TABLE, [{ entry }]);
  mkdirSync(join(folder, 'audit'));
  for (const [number, text] of anchors.texts) writeFileSync(join(folder, anchorName(number)), text);
  const lines = Object.entries(records).map(([subject, items]) => `${JSON.stringify({ subject, items })}\n`);
  writeFileSync(join(folder, 'records.jsonl'), lines.join(''));
}

const verify = (line: string[] = [], options: RunOptions = {}) =>
  runInProcess(['audit', 'verify', ...line, '--from', folder], options);

const fleet = record('fleet', 3);
const shop = record(SHOP, 2);

test('what is anchored holds, and nothing is asked of anybody', async () => {
  await written({ fleet, [SHOP]: shop }, [...fleet, ...shop]);
  const { code, out, err } = await verify();
  expect([code, err]).toEqual([EXIT.ok, '']);
  expect(out.split('\n')).toEqual([
    `${SHOP}: 2 items, 2 proved, 0 unproved: holds.`,
    'fleet: 3 items, 3 proved, 0 unproved: holds.',
    `Anchors 1 to 5 of ${TABLE}, the newest of 2026-11-20T12:00:00.000Z.`,
    '',
  ]);
  expect((await verify(['cluster/shop'])).out).toMatch(/^arn:.*cluster\/shop@.*: holds\.\nAnchors/);
  expect(await verify(['cluster/none'])).toMatchObject({ code: EXIT.invalid });
});

test('what no anchor holds yet is unproved', async () => {
  await written({ fleet }, fleet.slice(0, 2));
  const { code, out } = await verify();
  expect(code).toBe(EXIT.pending);
  expect(out).toContain('fleet: 3 items, 2 proved, 1 unproved: unproved.');
  expect(out).toContain('1 item younger than that or not anchored: unproved.');
});

test('what was tampered with is told, item by item, also a record of which nothing is left', async () => {
  const edited = fleet.with(1, { ...(fleet[1] as AuditItem), principal: 'q' });
  await written({ fleet: edited }, [...fleet, ...shop]);
  const { code, out } = await verify();
  expect(code).toBe(EXIT.failure);
  expect(out).toContain('fleet: 3 items, 2 proved, 0 unproved: broken.\n  item 2 edited: It was changed');
  const cut = `${SHOP}: 0 items, 0 proved, 0 unproved: broken.\n  item 1 cut: It was anchored (Event0, `;
  expect(out).toContain(cut);
  for (const named of ['cluster/shop', SHOP]) {
    const one = await verify([named]);
    expect([one.code, one.out.startsWith(cut)]).toEqual([EXIT.failure, true]);
  }
});

test('a name that several clusters have had means all of them, also the one of which nothing is left', async () => {
  const later = SHOP.replace('2026-01', '2026-05');
  await written({ fleet, [SHOP]: shop }, [...fleet, ...shop, ...record(later, 1)]);
  const { code, out } = await verify(['cluster/shop']);
  expect(code).toBe(EXIT.failure);
  expect(out).toContain(`${SHOP}: 2 items, 2 proved, 0 unproved: holds.\n${later}: 0 items`);
});

test('what the anchors only tell changes of is told too, in a record of which they hold no item', async () => {
  const anchors = new MemoryAnchorStore();
  const ports = { anchors, clock: { now: () => NOON } };
  await anchorLines(ports, TABLE, [
    ...fleet.map((entry) => ({ entry })),
    { changed: { event: 'INSERT', subject: 'rollout/ghost', sequence: 1, before: '', after: 'made up' } },
  ]);
  await written({ fleet }, []);
  for (const [number, text] of anchors.texts) writeFileSync(join(folder, anchorName(number)), text);
  const { code, out } = await verify();
  expect([code, out]).toEqual([
    EXIT.failure,
    expect.stringContaining('rollout/ghost: 0 items, 0 proved, 0 unproved: broken.'),
  ]);
});

test('broken anchors prove nothing', async () => {
  await written({ fleet }, fleet);
  rmSync(join(folder, anchorName(2)));
  const { code, out } = await verify(['fleet']);
  expect(code).toBe(EXIT.failure);
  expect(out).toContain(
    'anchors: Anchors 2 to 2 are missing.\nfleet: 3 items, 2 proved, 1 unproved: the anchors are broken.',
  );
});

test('an export in which no record is left proves nothing, and is broken where its anchors are', async () => {
  await written({}, []);
  expect((await verify()).code).toBe(EXIT.pending);
  writeFileSync(join(folder, anchorName(2)), 'nothing\n');
  expect((await verify()).code).toBe(EXIT.failure);
});

test('anchors that somebody else fetched serve as well, and say what is wrong with an export', async () => {
  await written({ fleet }, fleet);
  const other = mkdtempSync(join(tmpdir(), 'liftlock-audit-test-'));
  mkdirSync(join(other, 'audit'));
  writeFileSync(join(other, anchorName(1)), readFileSync(join(folder, anchorName(1))));
  const { code, out } = await verify(['--anchors', other]);
  expect([code, out]).toEqual([EXIT.pending, expect.stringContaining('fleet: 3 items, 1 proved, 2 unproved')]);
  rmSync(join(folder, 'records.jsonl'));
  const { err } = await verify();
  expect(err).toContain('Write it with liftlock audit export --to');
  rmSync(other, { recursive: true });
});

test('an export of one record says so: the others are not in it, and what was taken out of it is found', async () => {
  await written({ fleet }, [...fleet, ...shop, ...record('rollout/x', 1)]);
  writeFileSync(join(folder, 'exported.json'), '{"subject":"fleet"}');
  const { code, out } = await verify();
  expect([code, out.split('\n')]).toEqual([
    EXIT.pending,
    [
      'fleet: 3 items, 3 proved, 0 unproved: holds.',
      `Anchors 1 to 6 of ${TABLE}, the newest of 2026-11-20T12:00:00.000Z.`,
      `The folder was exported for fleet alone: nothing is proved of 2 other records that the anchors name. All of them: liftlock audit export --to ${folder}`,
      '',
    ],
  ]);
  expect((await verify(['fleet'])).code).toBe(EXIT.ok);
  const other = await verify(['cluster/shop']);
  expect([other.code, other.err]).toEqual([
    EXIT.invalid,
    expect.stringContaining(`${folder} was exported for fleet alone, and has no record of cluster/shop.`),
  ]);
  // What was in it is found as before.
  writeFileSync(join(folder, 'records.jsonl'), '');
  expect([(await verify()).code, (await verify(['fleet'])).out]).toEqual([
    EXIT.failure,
    expect.stringContaining('fleet: 0 items, 0 proved, 0 unproved: broken.'),
  ]);
  // An export of everything takes no record's absence for granted.
  writeFileSync(join(folder, 'exported.json'), '{"subject":null}');
  expect((await verify()).out).toContain(`${SHOP}: 0 items, 0 proved, 0 unproved: broken.`);
});

test("an export with two records of one subject is told, also where the last one holds, and so is one with another's items", async () => {
  await written({ fleet }, fleet);
  const path = join(folder, 'records.jsonl');
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.replaceAll('"principal":"p"', '"principal":"an innocent role"') + whole);
  for (const line of [[], ['fleet']]) {
    const { code, err } = await verify(line);
    expect([code, err]).toEqual([EXIT.failure, expect.stringContaining('has more than one record of fleet')]);
  }
  writeFileSync(path, whole.replace('"fleet"', '"rollout/x"'));
  const { code, out } = await verify(['rollout/x']);
  expect([code, out]).toEqual([EXIT.failure, expect.stringContaining('item 3 foreign: It is of fleet.')]);
});

describe('against the API', () => {
  let served: Awaited<ReturnType<typeof servedWorld>>;
  beforeAll(async () => {
    served = await servedWorld();
  });
  afterAll(() => served.close());

  test('an empty LIFTLOCK_ANCHORS names no anchors', async () => {
    const empty = { url: served.url, env: { LIFTLOCK_ANCHORS: '' } };
    const verified = await runInProcess(['audit', 'verify'], empty);
    expect([verified.code, verified.err]).toEqual([EXIT.invalid, expect.stringContaining('which record?')]);
    const exported = await runInProcess(['audit', 'export', 'fleet', '--to', folder], empty);
    expect(exported.err).toContain('an export without anchors proves nothing');
  });

  test('an export holds what the API tells of every subject that was anchored', async () => {
    await written({}, record('fleet', 1));
    const to = join(folder, 'my evidence');
    const env = { LIFTLOCK_ANCHORS: folder };
    const exported = await runInProcess(['audit', 'export', '--to', to], { url: served.url, env });
    expect([exported.code, exported.out]).toEqual([EXIT.ok, expect.stringContaining(`audit verify --from '${to}'`)]);
    const [line = ''] = readFileSync(join(to, 'records.jsonl'), 'utf8').split('\n');
    const { subject, items } = JSON.parse(line) as { subject: string; items: AuditItem[] };
    expect([subject, items.length > 0]).toEqual(['fleet', true]);
    for (const name of readdirSync(to, { recursive: true, encoding: 'utf8' }))
      expect([name, statSync(join(to, name)).mode & 0o077]).toEqual([name, 0]);
    // An export of one subject does not promise proof of all: the others would count as cut.
    const one = await runInProcess(['audit', 'export', 'fleet', '--to', to], { url: served.url, env });
    expect(one.out).toContain(`audit verify fleet --from '${to}'`);
    expect(readFileSync(join(to, 'exported.json'), 'utf8')).toBe('{"subject":"fleet"}');
    const file = join(to, 'exported.json');
    const refused = await runInProcess(['audit', 'export', '--to', file], { url: served.url, env });
    expect([refused.code, refused.err]).toEqual([
      EXIT.failure,
      `liftlock: ENOTDIR: not a directory, mkdir '${file}/audit'. Check the name, the folder and what you may do there.\n`,
    ]);
    // These anchors belong to another fleet.
    const verified = await runInProcess(['audit', 'verify', '--from', to]);
    expect([verified.code, verified.out]).toEqual([EXIT.failure, expect.stringContaining('item 1 replaced')]);
  });

  // docs/cli.md (`audit export`): offline the same evidence has the same verdict.
  test('what was done to anchors in their bucket is told of an export too', async () => {
    await written({}, await served.world.table.auditOf('fleet'));
    const names = readdirSync(join(folder, 'audit')).map((name) => `audit/${name}`);
    const versions = names.map((name) => `<Version><Key>${name}</Key><VersionId>v1</VersionId></Version>`);
    const marker = `<DeleteMarker><Key>${anchorName(1)}</Key><VersionId>gone</VersionId></DeleteMarker>`;
    const list = `<ListVersionsResult>${marker}${versions.join('')}</ListVersionsResult>`;
    const server = createServer((request, response) => {
      const name = names.find((one) => request.url?.includes(one));
      response.end(name === undefined ? list : readFileSync(join(folder, name)));
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      AWS_REGION: 'eu-central-1',
    });
    const to = join(folder, 'made');
    const run = (...words: string[]) => runInProcess(['audit', ...words], { url: served.url });
    const online = await run('verify', 'fleet', '--anchors', 's3://some-bucket');
    const exported = await run('export', 'fleet', '--anchors', 's3://some-bucket', '--to', to);
    const offline = await run('verify', 'fleet', '--from', to);
    await new Promise((done) => server.close(done));
    expect([online.code, exported.code, offline.code]).toEqual([EXIT.failure, EXIT.ok, EXIT.failure]);
    expect(online.out).toContain(`anchors: ${anchorName(1)}: it was deleted`);
    expect(offline.out).toBe(online.out);
  });

  test('a record whose items were swapped is told broken in every format, and one that holds is not', async () => {
    const show = (format: string) =>
      runInProcess(['audit', 'show', 'fleet', '-o', format], { url: served.url, terminal: format === 'table' });
    const whole = await show('table');
    expect([whole.code, whole.out]).toEqual([EXIT.ok, expect.not.stringContaining('Broken')]);
    const { table } = served.world;
    const auditOf = table.auditOf;
    const [first, ...more] = await table.auditOf('fleet');
    table.auditOf = async () => [...more, first as AuditItem];
    try {
      const { code, out } = await show('table');
      const said =
        'Broken at item 2: an item is missing before it. Somebody tampered with this record. Hold it against its anchors: liftlock audit verify fleet';
      expect([code, out.trimEnd().split('\n').at(-1)]).toEqual([EXIT.failure, expect.stringContaining(said)]);
      const json = await show('json');
      expect([json.code, JSON.parse(json.out).break]).toMatchObject([EXIT.failure, { sequence: 2 }]);
    } finally {
      table.auditOf = auditOf;
    }
  });

  test.each<[string, string[], string]>([
    ['all records', [], 'fleet: 1 item, 0 proved, 0 unproved: broken.\n  item 1 foreign: It is of rollout/x.'],
    ['the fleet', ['fleet'], 'fleet: 1 item, 0 proved, 0 unproved: broken.\n  item 1 foreign: It is of rollout/x.'],
    ['another rollout', ['rollout/y'], 'rollout/y: 1 item, 0 proved, 1 unproved: broken.\n  item 1 foreign'],
    ['a cluster', ['cluster/shop'], 'the API answers the record of rollout/x for that of cluster/shop'],
  ])('a record that holds, answered in the place of %s, is told', async (_, asked, said) => {
    const other = record('rollout/x', 1);
    await written({}, [...fleet.slice(0, 1), ...other]);
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ subject: 'rollout/x', break: null, items: other }));
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { code, out, err } = await runInProcess(['audit', 'verify', ...asked, '--anchors', folder], { url });
    await new Promise((done) => server.close(done));
    expect([code, out + err]).toEqual([EXIT.failure, expect.stringContaining(said)]);
  });

  test.each<[string, (cluster: ClusterRecord) => string]>([
    ['NAME', ({ name }) => name],
    ['ACCOUNT.REGION.NAME', shortId],
    ['ARN', ({ arn }) => arn],
    ['ACCOUNT.REGION.NAME@TIME, as what is said of a deleted one has it', ({ clusterKey }) => shortKeyOf(clusterKey)],
  ])('a cluster may be named as %s, and its record is that of its key', async (_, nameOf) => {
    await written({}, []);
    const [one] = (await loadAllRecords(served.world.table)) as [ClusterRecord];
    const ran = await runInProcess(['audit', 'verify', `cluster/${nameOf(one)}`, '--anchors', folder], {
      url: served.url,
    });
    expect([ran.code, ran.out]).toEqual([EXIT.pending, expect.stringMatching(`^${one.clusterKey}: .*unproved\\.`)]);
  });

  // docs/cli.md (`audit verify`): a cluster's name means every cluster that has had it.
  test('a cluster that had the name before the living one is proved with it', async () => {
    const { table } = served.world;
    const living = (await loadAllRecords(table)).find(({ name }) => name === 'shop')?.clusterKey ?? '';
    const before = living.replace(/@.*/, '@2024-01-01T00:00:00.000Z');
    await written({}, [...record(before, 1), ...(await table.auditOf(living))]);
    const { code, out } = await runInProcess(['audit', 'verify', 'cluster/shop', '--anchors', folder], {
      url: served.url,
    });
    expect([code, out]).toEqual([EXIT.failure, expect.stringMatching(`^${living}: .*: holds.\n${before}: 0 items`)]);
  });

  test('a subject as long as a key may be, which anybody may have put there, does not keep the others from being proved', async () => {
    await written({}, record(`rollout/${'x'.repeat(2_000)}`, 1));
    const { code, out } = await runInProcess(['audit', 'verify', '--anchors', folder], { url: served.url });
    expect([code, out]).toEqual([EXIT.failure, expect.stringContaining('item 1 cut')]);
  });
});
