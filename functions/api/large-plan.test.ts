import { MemoryTable } from '../../adapters/memory/table.ts';
import { Accounts, Regions } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { LatestScanItems } from '../../core/store/scan-entities.ts';
import { protocolWorld } from '../../test/contract/protocol-world.ts';
import { createApp } from './app.ts';
import { asFarAsItFits } from './routes/rollouts.ts';

/** Lambda hands on six megabytes of JSON, in which the body is a text (docs/api.md, Pages). */
const MOST_BYTES = 6 * 1024 * 1024;
const CLUSTERS = 950;
const dates = { releaseDate: '2024-01-01T00:00:00.000Z', endOfStandardSupport: '2029-01-01T00:00:00.000Z' };

interface Answer {
  readonly id: string;
  readonly members: readonly { readonly name: string }[];
  readonly leftOut?: readonly { readonly name: string }[];
  readonly next?: string;
}

/** A fleet of which each cluster is stopped by so many things that the plan does not fit into one answer. */
async function largeFleet() {
  const table = new MemoryTable();
  const { ports, clusterKeys } = await protocolWorld(table, CLUSTERS);
  const [, , , region = '', account = ''] = (clusterKeys[0] ?? '').split(':');
  const checkedAt = ports.clock.now().toISOString();
  const released = {
    defaultVersion: false,
    status: 'STANDARD_SUPPORT',
    endOfExtendedSupport: '2030-01-01T00:00:00.000Z',
  };
  const versions = [{ version: '1.36', ...released, ...dates }];
  await table.transact([
    put(Regions, { region, versions, announced: [], checkedAt }, 'absent'),
    put(Accounts, { region, account, status: 'Ok', clusters: CLUSTERS, checkedAt }, 'absent'),
  ]);
  const causes = Array.from({ length: 20 }, (_, index) => ({
    ...({ cause: `Deployment shop/api-${index}`, severity: 'error', findings: 1, code: 'ScanFinding' } as const),
    what: `It uses what is not served any more. ${'x'.repeat(450)}`,
  }));
  const counts = { errors: 20, warnings: 0, infos: 0, waived: 0, read: 9, gaps: 0 };
  const scan = {
    ...counts,
    from: '1.35',
    target: '1.36',
    verdict: 'fail',
    causes,
    dataUpdatedOn: '2026-11-20',
  } as const;
  for (const clusterKey of clusterKeys)
    await table.transact([put(LatestScanItems, { clusterKey, scans: [{ ...scan, scannedAt: checkedAt }] }, 'absent')]);
  const app = createApp(ports, () => 'ana@example.com');
  return async (method: string, path: string, body?: object) => {
    const init = {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    };
    const response = await app.request(path, init);
    const text = await response.text();
    return {
      status: response.status,
      bytes: Buffer.byteLength(JSON.stringify(text)),
      body: JSON.parse(text) as Answer,
    };
  };
}

test('a plan that is longer than an answer may be comes in pages, and so does the rollout that is created of it', async () => {
  const call = await largeFleet();
  const waves = [{ name: 'first', maxConcurrency: 1 }];
  const spec = { selector: {}, target: '1.36', waves };
  await call('PUT', '/v1/config', [
    { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'all' }, spec },
  ]);
  const plan = async (query: string) => call('POST', `/v1/rollouts?dryRun=true${query}`, { policy: 'all' });
  const first = await plan('');
  const pages = [first];
  for (let { next } = first.body; next !== undefined; ) {
    const page = await plan(`&after=${encodeURIComponent(next)}`);
    pages.push(page);
    next = page.body.next;
  }
  expect(Math.max(...pages.map(({ bytes }) => bytes))).toBeLessThan(MOST_BYTES);
  expect(pages.length).toBeGreaterThan(1);
  const names = pages.flatMap(({ body }) => body.members.map(({ name }) => name));
  expect([names.length, new Set(names).size]).toEqual([CLUSTERS, CLUSTERS]);

  const created = await call('POST', '/v1/rollouts', { policy: 'all' });
  expect([created.status, created.bytes < MOST_BYTES]).toEqual([201, true]);
  const others = await call('GET', `/v1/rollouts/${created.body.id}?after=${created.body.next}`);
  expect([...created.body.members, ...others.body.members].map(({ name }) => name).slice(0, 5)).toEqual(
    names.slice(0, 5),
  );
  expect(others.body.members[0]?.name).toBe(names[created.body.members.length]);
  expect((await call('POST', '/v1/rollouts?after=000', { policy: 'all' })).status).toBe(400);
});

test('of a rollout just created, those that are left out and find no room are counted, since no later page names them', () => {
  const leftOut = Array.from({ length: 20_000 }, (_, index) => {
    const clusterKey = `c-${String(index).padStart(5, '0')}`;
    return { clusterKey, name: clusterKey, reason: { code: 'NodesBehind', message: 'x'.repeat(300) } };
  });
  const whole = { id: 'r', members: [], leftOut } as unknown as Parameters<typeof asFarAsItFits>[0];
  const [created, planned] = [asFarAsItFits(whole, true), asFarAsItFits(whole, false)];
  expect(created.leftOut?.length).toBeLessThan(20_000);
  expect((created.leftOut?.length ?? 0) + (created.moreLeftOut ?? 0)).toBe(20_000);
  expect([planned.moreLeftOut, asFarAsItFits({ ...whole, leftOut: [] }, true).moreLeftOut]).toEqual([
    undefined,
    undefined,
  ]);
});
