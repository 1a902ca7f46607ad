import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAllRecords } from '../../core/inventory/records.ts';
import { transactWithAudit } from '../../core/store/audit.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { LOCAL_OPERATOR, START, servedWorld } from '../../test/material/cli/served-world.ts';
import { anchorsOf } from '../../test/material/evidence/small-evidence.ts';
import { EXIT } from '../command/failure.ts';
import { readEvidence, writeEvidence } from './evidence-file.ts';

const MINUTE = 60_000;
const GONE = 'arn:aws:eks:eu-central-1:111111111111:cluster/gone@2025-01-01T00:00:00.000Z';
let served: Awaited<ReturnType<typeof servedWorld>>;
let folder: string;
let rollout: string;
const path = (name: string) => join(folder, name);

/** One upgrade of one cluster that a person requested, and its anchors in a folder. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'liftlock-evidence-test-'));
  served = await servedWorld([{ name: 'workers' }]);
  const { world } = served;
  await online('upgrade cluster web --to 1.36 --approve');
  let minute = 2;
  const until = async (end: number) => {
    for (; minute < end; minute += 1) {
      await world.clock.runUntil(new Date(START.getTime() + minute * MINUTE));
      await world.tick();
    }
  };
  await until(45);
  await online('rollout create standard');
  rollout = JSON.parse((await online('get rollouts -o json')).out).items[0].id;
  await until(100);
  // The inventory does not contain it, as if it had been removed.
  await transactWithAudit(
    world.table,
    [],
    [{ subject: GONE, event: 'ClusterDiscovered', principal: 'liftlock', detail: {} }],
    START,
  );
  const subjects = [
    'fleet',
    GONE,
    `rollout/${rollout}`,
    ...(await loadAllRecords(world.table)).map(({ clusterKey }) => clusterKey),
  ];
  const records = await Promise.all(
    subjects.map(async (subject) => ({
      subject,
      items: JSON.parse(JSON.stringify(await world.table.auditOf(subject))),
    })),
  );
  mkdirSync(join(folder, 'audit'));
  for (const { name, text } of await anchorsOf(records)) writeFileSync(path(name), text);
  await online(`evidence export --upgrade web/1.35-1.36 --anchors ${folder} -o ${path('upgrade.html')}`);
});
afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const online = (line: string) => runInProcess(line.split(' '), { url: served.url });
/** Without access to the API or to AWS. */
const offline = (line: string) => runInProcess(line.split(' '));

test('an export says how its file is verified, by the anchors that it was made with', async () => {
  const file = path('said.html');
  const { out } = await online(`evidence export --upgrade web/1.35-1.36 --anchors ${folder} -o ${file}`);
  expect(out).toContain(`liftlock evidence verify ${file} --anchors ${folder}\n`);
});

test('an upgrade is exported through the API, and its file holds on a machine that has nothing but the anchors', async () => {
  const { code, out, err } = await offline(`evidence verify ${path('upgrade.html')} --anchors ${folder}`);
  expect([code, err]).toEqual([EXIT.ok, '']);
  expect(out).toContain('fleet: 3 items, 3 proved, 0 unproved: holds.');
  expect(out).toMatch(
    /upgrade\.html: holds\. SHA-256 [0-9a-f]{64}\nIt is about upgrade 1\.35-1\.36 of arn:.*, as of 2026-/,
  );
  expect(statSync(path('upgrade.html')).mode & 0o077).toBe(0);
});

test('a program is told what was done: result, steps, calls with their update ids, who asked, and the configuration', async () => {
  const { out } = await offline(`evidence verify ${path('upgrade.html')} --anchors ${folder} -o json`);
  const { account } = JSON.parse(out);
  expect(account.upgrades).toMatchObject([
    { from: '1.35', to: '1.36', status: 'Succeeded', requestedBy: LOCAL_OPERATOR },
  ]);
  expect(account.steps.map(({ step }: { step: string }) => step)).toEqual(
    expect.arrayContaining(['scan-cluster', 'upgrade-control-plane', 'smoke-check']),
  );
  const calls = account.calls.map((one: { call: string; updateId: string; ended: { status: string } }) => [
    one.call,
    one.ended.status,
  ]);
  expect(calls).toEqual([
    ['UpdateClusterVersion', 'Successful'],
    ['UpdateNodegroupVersion', 'Successful'],
    ['UpdateAddon', 'Successful'],
  ]);
  expect(account.calls[0].updateId).toMatch(/^[0-9a-f-]{36}$/);
  expect(
    account.configuration.map((one: { kind: string; document: object }) => [one.kind, one.document !== null]),
  ).toEqual([
    ['Fleet', true],
    ['UpgradePolicy', true],
  ]);
});

test('the page has all of it, and says what is not on record', () => {
  const page = readFileSync(path('upgrade.html'), 'utf8');
  for (const said of ['Results', 'Calls that change something', 'Request ids of calls', 'smoke-check'])
    expect(page).toContain(said);
  // By now it has made another hop, which is none of this file.
  expect(page).toMatch(/2026-11-27T.*<li>What came after these items, such as another hop of a cluster/s);
});

test('an upgrade that a rollout has made comes with the record of that rollout', async () => {
  const file = path('second.html');
  const made = await online(`evidence export --upgrade web/1.36-1.37 --anchors ${folder} -o ${file}`);
  expect([made.code, made.out]).toEqual([EXIT.ok, expect.stringContaining('of 3 records')]);
  const { code, out } = await offline(`evidence verify ${file} --anchors ${folder}`);
  expect([code, out]).toEqual([EXIT.ok, expect.stringMatching(/rollout\/standard-.*: holds\./)]);
});

test('without anchors a file is unproved, and says so', async () => {
  const { code, out } = await offline(`evidence verify ${path('upgrade.html')}`);
  expect([code, out]).toEqual([EXIT.pending, expect.stringContaining('Not checked: It was held against no anchors')]);
});

test('a file of another version is unproved as far as its page goes', async () => {
  const { document } = readEvidence(readFileSync(path('upgrade.html')), '');
  if (document === undefined) throw new Error('the file has no machine-readable part');
  writeFileSync(path('later.html'), writeEvidence({ ...document, madeWith: '9.9.9' }));
  const { code, out } = await offline(`evidence verify ${path('later.html')} --anchors ${folder}`);
  expect([code, out]).toEqual([EXIT.pending, expect.stringContaining('Not checked: Whether the page says')]);
});

test('a file that somebody changed is broken', async () => {
  const text = readFileSync(path('upgrade.html'), 'utf8');
  writeFileSync(path('changed.html'), text.replace('Successful', 'Failed'));
  const { code, out } = await offline(`evidence verify ${path('changed.html')} --anchors ${folder}`);
  expect([code, out]).toEqual([
    EXIT.failure,
    expect.stringMatching(/^(?:Byte|Something)[\s\S]*changed\.html: broken\./),
  ]);
});

test('what is no evidence file, or not there, is told', async () => {
  writeFileSync(path('other.html'), '<!doctype html>');
  const other = await offline(`evidence verify ${path('other.html')}`);
  expect([other.code, other.out]).toEqual([EXIT.failure, expect.stringContaining('no evidence file of Liftlock')]);
  expect((await offline(`evidence verify ${path('none.html')}`)).code).toBe(EXIT.invalid);
});

test('a period holds what was done in it, with people as pseudonyms where that is asked for', async () => {
  const file = path('period.html');
  const made = await online(`evidence export --since 2026-11-20 --redact people --anchors ${folder} -o ${file}`);
  expect([made.code, made.out]).toEqual([EXIT.ok, expect.stringContaining('items of 7 records')]);
  expect(readFileSync(file, 'utf8')).not.toContain('local-operator');
  expect((await offline(`evidence verify ${file} --anchors ${folder}`)).code).toBe(EXIT.ok);
  const lately = await online(`evidence export --since 365d --anchors ${folder} -o ${path('lately.html')}`);
  expect([lately.code, lately.out]).toEqual([EXIT.ok, expect.stringContaining('of 7 records')]);
});

test('a rollout holds its plan and each of its clusters that it has begun, and none of its items is missing by the anchors', async () => {
  const file = path('rollout.html');
  const made = await online(`evidence export --rollout ${rollout} --anchors ${folder} -o ${file}`);
  expect([made.code, made.out]).toEqual([EXIT.ok, expect.stringContaining('of 4 records')]);
  const { code, out } = await offline(`evidence verify ${file} --anchors ${folder} -o json`);
  const { account } = JSON.parse(out);
  expect(code).toBe(EXIT.ok);
  expect(account.plan.map(({ from, to }: { from: string; to: string }) => `${from}-${to}`)).toEqual([
    '1.36-1.37',
    '1.35-1.37',
    '1.36-1.37',
  ]);
  expect(account.upgrades.map(({ id }: { id: string }) => id)).toContain('1.36-1.37');
});

test.each([
  ['', 'evidence of what'],
  ['--until 2026-11-21', 'evidence of what'],
  ['--upgrade web', 'names no upgrade'],
  ['--since yesterday', 'is no date'],
  ['--since 2026-02-31', 'is no date'],
  ['--since 2026-11-20 --until 2026-11-19', 'is none'],
])('what names nothing is refused: %s', async (options, said) => {
  const { code, err } = await online(`evidence export ${options}`.trim());
  expect([code, err]).toEqual([EXIT.invalid, expect.stringContaining(said)]);
});

test('an upgrade, a rollout or a cluster that never was is refused, and no file is written', async () => {
  const file = path('never.html');
  const upgrade = await online(`evidence export --upgrade web/1.20-1.21 -o ${file}`);
  expect([upgrade.code, upgrade.err]).toEqual([
    EXIT.failure,
    expect.stringContaining('nothing is on record of upgrade 1.20-1.21'),
  ]);
  for (const named of ['--rollout none', '--upgrade none/1.35-1.36'])
    expect((await online(`evidence export ${named} -o ${file}`)).code).toBe(EXIT.failure);
  expect(() => statSync(file)).toThrow();
});
