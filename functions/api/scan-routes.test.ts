import { MemoryTable } from '../../adapters/memory/table.ts';
import { saveReport } from '../../core/scan/fleet/report-store.ts';
import { saveRun } from '../../core/scan/fleet/run-store.ts';
import { protocolWorld } from '../../test/contract/protocol-world.ts';
import { covered, judged } from '../../test/material/scan/findings.ts';
import { reportOf } from '../../test/material/scan/report.ts';
import { createApp } from './app.ts';

const ANA = 'ana@example.com';
const json = { 'content-type': 'application/json' };

async function apiOf(clusters: number) {
  const table = new MemoryTable();
  const world = await protocolWorld(table, clusters);
  const started: { machine: string; name: string; input: unknown }[] = [];
  let id = 0;
  const ports = {
    ...world.ports,
    executions: {
      ...world.ports.executions,
      start: async (machine: string, name: string, input: unknown) => void started.push({ machine, name, input }),
    },
    ids: {
      next: () => {
        id += 1;
        return `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
      },
    },
  };
  const app = createApp(ports, () => ANA);
  const call = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? { method } : { method, headers: json, body: JSON.stringify(body) };
    const response = await app.request(path, init);
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  const key = (index: number) => world.clusterKeys[index] ?? '';
  return { call, table, started, key, ports };
}

/** A report with this number of findings of one owner. */
function report(target: string, scannedAt: string, count: number, readable = true) {
  const findings = Array.from({ length: count }, (_, index) =>
    judged({ name: `object-${index}`, cause: 'manager:terraform', owner: 'team-search' }),
  );
  const gap = covered({ what: 'secrets', source: 'helm', status: 'denied', detail: 'It was not read.', count: 0 });
  const coverage = readable ? [covered()] : [gap];
  return reportOf({ from: '1.35', target, findings, coverage, scannedAt: new Date(scannedAt) });
}
const save = (table: MemoryTable, clusterKey: string, what: ReturnType<typeof report>) =>
  saveReport(table, { clusterKey, execution: 'arn:x' }, what, new Date(what.scannedAt));

test('a scan is asked for, audited before it starts, and can be followed', async () => {
  const { call, table, started, key, ports } = await apiOf(1);
  const { status, body } = await call('POST', '/v1/clusters/web-0/scans', {});
  expect([status, body.status, body.target, body.requestedBy]).toEqual([202, 'requested', '1.36', ANA]);
  expect(started).toEqual([
    {
      machine: 'scan-cluster',
      name: body.name,
      input: expect.objectContaining({ targetVersion: '1.36', contract: 2 }),
    },
  ]);
  const [item] = await table.auditOf(key(0));
  expect([item?.event, item?.principal]).toEqual(['ScanRequested', ANA]);

  const followed = await call('GET', `/v1/clusters/web-0/scans/runs/${body.name}`);
  expect([followed.status, followed.body.status, followed.body.scannedAt]).toEqual([200, 'requested', null]);
  const run = { clusterKey: key(0), execution: body.execution, target: '1.36', startedAt: body.startedAt };
  const told = { status: 'running' as const, read: 7, left: 3, resumed: 1, reasons: [] };
  await saveRun(table, { ...run, ...told }, ports.clock.now());
  expect((await call('GET', `/v1/clusters/web-0/scans/runs/${body.name}`)).body).toMatchObject({ read: 7, left: 3 });
});

test.each([
  ['an older version', { target: '1.34' }],
  ['no version', { target: 'latest' }],
  ['a patch', { target: '1.36.1' }],
  ['an unknown member', { to: '1.36' }],
])('%s is refused, and nothing starts', async (_, body) => {
  const { call, started } = await apiOf(1);
  const { status, body: answer } = await call('POST', '/v1/clusters/web-0/scans', body);
  expect([status, answer.error.name, started]).toEqual([400, 'InvalidInput', []]);
});

test('the history is told newest first, and each report by its time or as the latest of its target', async () => {
  const { call, table, key } = await apiOf(1);
  await save(table, key(0), report('1.36', '2026-11-01T08:00:00.000Z', 3));
  await save(table, key(0), report('1.37', '2026-11-02T08:00:00.000Z', 9));
  await save(table, key(0), report('1.36', '2026-11-03T08:00:00.000Z', 1));
  const { body } = await call('GET', '/v1/clusters/web-0/scans');
  expect(body.items.map(({ target, errors }: { target: string; errors: number }) => [target, errors])).toEqual([
    ['1.36', 1],
    ['1.37', 9],
    ['1.36', 3],
  ]);
  const at = async (path: string) => (await call('GET', `/v1/clusters/web-0/scans/${path}`)).body.summary.errors;
  expect(await at('latest')).toBe(1);
  expect(await at('latest?target=1.37')).toBe(9);
  expect(await at(encodeURIComponent('2026-11-01T08:00:00.000Z'))).toBe(3);
  const none = await call('GET', '/v1/clusters/web-0/scans/latest?target=1.38');
  expect([none.status, none.body.error.name]).toEqual([404, 'ScanNotFound']);
});

test('a large report comes in pages that hold every finding once', async () => {
  const { call, table, key } = await apiOf(1);
  await save(table, key(0), report('1.36', '2026-11-01T08:00:00.000Z', 2_300));
  const names: string[] = [];
  for (let next: string | undefined = '0'; next !== undefined; ) {
    const { body } = await call('GET', `/v1/clusters/web-0/scans/latest?after=${next}`);
    expect(body.summary.errors).toBe(2_300);
    names.push(...body.findings.map(({ name }: { name: string }) => name));
    next = body.next;
  }
  expect(new Set(names).size).toBe(2_300);
});

test('the matrix tells never from pass, and sums up causes and owners over the fleet', async () => {
  const { call, table, key } = await apiOf(5);
  const at = '2026-11-01T08:00:00.000Z';
  await save(table, key(0), report('1.36', at, 2));
  await save(table, key(1), report('1.36', at, 0));
  await save(table, key(2), report('1.36', at, 0, false));
  await save(table, key(3), report('1.37', at, 4));
  const { body } = await call('GET', '/v1/scans?target=1.36');
  expect(body.items.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
    'fail',
    'pass',
    'incomplete',
    'other-target',
    'never',
  ]);
  expect(body.causes).toMatchObject([{ cause: 'manager:terraform', owner: 'team-search', findings: 2 }]);
  expect(body.owners).toMatchObject([{ owner: 'team-search', errors: 1, clusters: [body.items[0].cluster] }]);
  const further = (await call('GET', '/v1/scans?target=1.37')).body;
  // A finding that stops the first hop also stops the way to the second; a pass for the first says nothing about it.
  expect(further.items.map(({ verdict, errors }: { verdict: string; errors: number }) => [verdict, errors])).toEqual([
    ['fail', 2],
    ['other-target', null],
    ['other-target', null],
    ['fail', 4],
    ['never', null],
  ]);
  expect(further.causes).toMatchObject([{ cause: 'manager:terraform', findings: 6, clusterCount: 2 }]);
  expect((await call('GET', '/v1/scans?target=1.35')).body.items[0].verdict).toBe('there');
  expect((await call('GET', '/v1/scans')).status).toBe(400);
});

test('the matrix comes in pages with each cluster once, and each tells the causes of the whole fleet', async () => {
  const { call, table, key } = await apiOf(5);
  await save(table, key(4), report('1.36', '2026-11-01T08:00:00.000Z', 2));
  const names: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { body } = await call('GET', `/v1/scans?target=1.36&limit=2${after && `&after=${after}`}`);
    expect(body.causes).toMatchObject([{ cause: 'manager:terraform', findings: 2 }]);
    names.push(...body.items.map(({ name }: { name: string }) => name));
    after = body.next;
  }
  expect(names).toEqual(['web-0', 'web-1', 'web-2', 'web-3', 'web-4']);
});
