import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { anchorName, readAnchor, writeAnchor } from '../../core/anchors/anchor.ts';
import { sha256Hex } from '../../core/hash/canonical-json.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { link } from '../../core/store/audit.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import type { Assembly } from '../../simulator/cloud/template/assembly.ts';
import { configOf, knowVersions, prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { runInProcess } from '../material/cli/run-in-process.ts';
import { cloudProblems } from './cloud-problems.ts';
import { minutes, startSmallCloud } from './small-cloud.ts';
import { environmentOf, keepingEnvironment } from './terminal.ts';

const FLEET = new URL('./fleet/', import.meta.url).pathname;

interface Verified {
  readonly code: number;
  readonly verdict: string;
  /** `replaced 4`, of the fleet's own record. */
  readonly fleet: readonly string[];
  readonly problems: readonly string[];
  readonly records: number;
}

/**
 * The audit of a running fleet, rewritten in every way that somebody may who can change the table and its policy; `liftlock audit verify` has to
 * tell each, and nothing while nothing was done. Gives what it did not tell.
 */
export async function auditEvidence(assembly: Assembly): Promise<string[]> {
  const problems: string[] = [];
  const notes: string[] = [];
  const prepared = await prepareFleet(FLEET);
  const { cloud, close } = await startSmallCloud(prepared, assembly, (note) => notes.push(note));
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-evidence-'));
  try {
    return await keepingEnvironment(async () => {
      Object.assign(process.env, environmentOf(cloud));
      await knowVersions(cloud.table, prepared);
      await apiRequest(cloud, 'PUT', '/v1/config', configOf(prepared));
      cloud.begin();
      await minutes(cloud, 20);
      const expect = expecter(problems);
      await whatHolds(cloud, expect);
      await whatIsTampered(cloud, expect);
      await whatComesTwice(cloud, expect);
      await whatTheStreamLost(cloud, expect);
      await offline(folder, expect);
      problems.push(...(await cloudProblems(cloud, notes)));
      await whatWasPutBack(cloud, expect);
      return problems;
    });
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Expect = (what: string, found: unknown, wanted: unknown) => void;

const expecter =
  (problems: string[]): Expect =>
  (what, found, wanted) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      problems.push(`${what}: ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`);
  };

async function verify(...more: string[]): Promise<Verified> {
  const { code, out, err } = await runInProcess(['audit', 'verify', ...more, '-o', 'json'], { env: environment() });
  if (out === '') return { code, verdict: err, fleet: [], problems: [], records: 0 };
  const { verdict, anchors, records } = JSON.parse(out) as {
    verdict: string;
    anchors: { problems: string[] };
    records: { subject: string; tampering: { kind: string; sequence: number }[] }[];
  };
  const fleet = records.find(({ subject }) => subject === 'fleet')?.tampering ?? [];
  const told = fleet.map(({ kind, sequence }) => `${kind} ${sequence}`);
  return { code, verdict, fleet: told, problems: anchors.problems, records: records.length };
}

const environment = () => process.env as Record<string, string>;
const stopAndResume = async (cloud: LocalCloud): Promise<void> => {
  await apiRequest(cloud, 'POST', '/v1/fleet/stop', { reason: 'rehearsed' });
  await apiRequest(cloud, 'POST', '/v1/fleet/resume', {});
};

async function whatHolds(cloud: LocalCloud, expect: Expect): Promise<void> {
  await stopAndResume(cloud);
  const young = await verify('fleet');
  expect('what is younger than the newest anchor', [young.code, young.verdict], [3, 'unproved']);
  await stopAndResume(cloud);
  await minutes(cloud, 3);
  const one = await verify('fleet');
  expect('the record of the fleet', [one.code, one.verdict, one.fleet], [0, 'holds', []]);
  const all = await verify();
  expect('all records', [all.code, all.verdict, all.records > 2], [0, 'holds', true]);
}

async function whatIsTampered(cloud: LocalCloud, expect: Expect): Promise<void> {
  const items = await cloud.table.auditOf('fleet');
  const audit = cloud.resources.find(({ logicalId }) => logicalId.startsWith('AuditTable'));
  const TableName = audit?.name ?? '';
  const put = (written: readonly AuditItem[]) =>
    cloud.dynamo.send(
      new TransactWriteItemsCommand({
        TransactItems: written.map((item) => ({ Put: { TableName, Item: marshall(item) } })),
      }),
    );
  const drop = async (dropped: readonly AuditItem[]): Promise<void> => {
    for (const { subject, sequence } of dropped)
      await cloud.dynamo.send(new DeleteItemCommand({ TableName, Key: marshall({ subject, sequence }) }));
  };
  const [second, third] = [at(items, 1), at(items, 2)];
  const last = items.length;
  const replaced = relinked(items, 1).slice(1);
  const tell = async (what: string, tamper: () => Promise<unknown>, wanted: readonly string[]): Promise<void> => {
    await tamper();
    const { code, verdict, fleet } = await verify('fleet');
    expect(what, [code, verdict, fleet], [1, 'broken', wanted]);
    await put(items);
  };
  await tell('an item edited', () => put([{ ...second, principal: 'nobody' }]), ['edited 2']);
  await tell(
    'an item replaced and the rest linked anew',
    () => put(replaced),
    replaced.map(({ sequence }) => `replaced ${sequence}`),
  );
  const swapped = [
    { ...third, sequence: 2 },
    { ...second, sequence: 3 },
  ];
  await tell('two items swapped', () => put(swapped), ['swapped 2', 'swapped 3']);
  const foreign = relinked(items, 0);
  await tell("another fleet's record", () => put(foreign), ['foreign 1']);
  // Who wants to take items out must change the table's own policy first.
  cloud.policies.remove(audit?.arn ?? '');
  await tell('an item dropped in the middle', () => drop([second]), ['dropped 2']);
  await tell('the newest dropped', () => drop(items.slice(-1)), [`cut ${last}`]);
  await tell(
    'all dropped',
    () => drop(items),
    items.map(({ sequence }) => `cut ${sequence}`),
  );
}

function at(items: readonly AuditItem[], index: number): AuditItem {
  const item = items[index];
  if (item === undefined) throw new Error(`the fleet's record has no item ${index + 1}`);
  return item;
}

/** From an item on by somebody else, and every hash as it has to be then. */
function relinked(items: readonly AuditItem[], from: number): AuditItem[] {
  const made: AuditItem[] = [];
  for (const [index, item] of items.entries()) {
    const principal = index === from ? 'arn:aws:iam::000000000000:role/innocent' : item.principal;
    made.push(index < from ? item : link(made.at(-1), { ...item, principal }, new Date(item.at)));
  }
  return made;
}

const numberOf = (cloud: LocalCloud): number => cloud.buckets.keys(cloud.anchorBucket, 'audit/').length;

/** A function that dies between its put and Lambda's checkpoint gets the very batch again. What was done above is still in the stream. */
async function whatComesTwice(cloud: LocalCloud, expect: Expect): Promise<void> {
  const [stream] = cloud.streams.all();
  if (stream === undefined) throw new Error('no table has a stream');
  // Not to be anchored: everything is as it was, and the records of the tampering would say otherwise for good.
  stream.take(stream.records.length);
  await apiRequest(cloud, 'POST', '/v1/fleet/stop', { reason: 'rehearsed' });
  const batch = [...stream.records];
  await minutes(cloud, 2);
  const before = numberOf(cloud);
  stream.restore({ count: 1_000_000, records: batch });
  await minutes(cloud, 2);
  expect('anchors after a batch that came twice', numberOf(cloud) - before, 0);
  await apiRequest(cloud, 'POST', '/v1/fleet/resume', {});
  const more = [...batch, ...stream.records];
  stream.restore({ count: 1_000_000, records: more });
  await minutes(cloud, 2);
  const { code, verdict } = await verify();
  expect('a batch that came again and had grown', [code, verdict, numberOf(cloud) - before], [0, 'holds', 1]);
}

/** After a day a stream has forgotten; the daily sweep anchors what it never brought. */
async function whatTheStreamLost(cloud: LocalCloud, expect: Expect): Promise<void> {
  const [stream] = cloud.streams.all();
  await stopAndResume(cloud);
  stream?.take(stream.records.length);
  await minutes(cloud, 70);
  const lost = await verify('fleet');
  expect('what the stream lost', [lost.code, lost.verdict], [3, 'unproved']);
  const table = cloud.resources.find(({ logicalId }) => logicalId.startsWith('AuditTable'));
  const target = cloud.functions.all().find(({ options }) => options.name === 'liftlock-anchor-audit');
  const answer = await cloud.time.hold(() =>
    cloud.functions.invoke(target?.options.arn ?? '', JSON.stringify({ sweep: table?.arn })),
  );
  expect('the sweep', JSON.parse(answer), { anchored: 2, tampered: 0, late: 2 });
  const swept = await verify('fleet');
  expect('what was swept up', [swept.code, swept.verdict], [0, 'holds']);
}

/** An export proves by itself: no credentials, no endpoint, no API. */
async function offline(folder: string, expect: Expect): Promise<void> {
  const exported = await runInProcess(['audit', 'export', '--to', folder], { env: environment() });
  expect('the export', [exported.code, exported.err], [0, '']);
  const kept = { ...process.env };
  for (const name of Object.keys(process.env)) if (/^(?:AWS|LIFTLOCK)_/.test(name)) delete process.env[name];
  try {
    const whole = await verify('--from', folder);
    expect('an export', [whole.code, whole.verdict], [0, 'holds']);
    const records = join(folder, 'records.jsonl');
    const text = await readFile(records, 'utf8');
    await writeFile(records, text.replace('"principal":"', '"principal":"not '));
    expect('an export edited', (await verify('--from', folder)).code, 1);
    await writeFile(records, text.replace(/^.*"subject":"fleet".*\n/m, ''));
    const cut = await verify('--from', folder);
    expect('an export without its fleet', [cut.code, cut.fleet[0]], [1, 'cut 1']);
    await writeFile(records, text);
    await foreignAnchor(folder, expect);
    const [newest, second = ''] = (await readdir(join(folder, 'audit'))).sort();
    await rm(join(folder, 'audit', second));
    const missing = await verify('--from', folder);
    expect(`an export without the anchor before ${newest}`, [missing.code, missing.problems.length], [1, 1]);
  } finally {
    Object.assign(process.env, kept);
  }
}

/** An anchor of another fleet at the end of ours, which follows it as it should. */
async function foreignAnchor(folder: string, expect: Expect): Promise<void> {
  const [newest = ''] = (await readdir(join(folder, 'audit'))).sort();
  const text = await readFile(join(folder, 'audit', newest), 'utf8');
  const { header } = readAnchor(text);
  const of = `${header.of}-of-another`;
  const number = header.number + 1;
  const path = join(folder, anchorName(number));
  await writeFile(path, writeAnchor({ of, number, previous: sha256Hex(text), at: header.at }, []));
  const { code, problems } = await verify('--from', folder);
  expect("another fleet's anchor", [code, problems.length, /another fleet's/.test(problems[0] ?? '')], [1, 1, true]);
  await rm(path);
}

/** Who changes an item and puts it back before anybody verifies is told all the same: the stream saw it, and rang. */
async function whatWasPutBack(cloud: LocalCloud, expect: Expect): Promise<void> {
  const audit = cloud.resources.find(({ logicalId }) => logicalId.startsWith('AuditTable'));
  const item = at(await cloud.table.auditOf('fleet'), 1);
  for (const principal of ['nobody', item.principal]) {
    const Put = { TableName: audit?.name, Item: marshall({ ...item, principal }) };
    await cloud.dynamo.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }));
  }
  await minutes(cloud, 2);
  const { code, fleet } = await verify('fleet');
  expect('what was changed and put back', [code, fleet], [1, ['changed 2', 'changed 2']]);
  const rung = cloud.metrics.all().filter(({ name }) => name === 'AuditTampered');
  const total = rung.flatMap(({ data }) => data).reduce((sum, { value }) => sum + value, 0);
  expect('the metric of the alarm', total, 2);
}
