import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiVersion } from '../../core/config/kinds.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { isKnown } from '../../core/contracts/reasons.ts';
import type { Reason } from '../../core/contracts/step-result.ts';
import { inventoryClusterSchema } from '../../core/inventory/document/inventory-schema.ts';
import { parseInventory } from '../../core/inventory/document/parse-inventory.ts';
import { loadLivingRecords } from '../../core/inventory/records.ts';
import { shortId } from '../../core/model/cluster-key.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { requestScan } from '../../core/operations/requests.ts';
import { drawPlan } from '../../core/plan/draw-plan.ts';
import { planRules } from '../../core/plan/offline-snapshot.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { findCluster } from '../../core/queries/find-cluster.ts';
import { listClusters, writtenCluster } from '../../core/queries/list-clusters.ts';
import { ownerReport } from '../../core/queries/owner-report.ts';
import { scanReport } from '../../core/queries/scan-history.ts';
import { scanMatrix } from '../../core/queries/scan-matrix.ts';
import { blockersOnTheWay } from '../../core/rollout/hop-blockers.ts';
import { blockersOf, decideHop, warningsOf } from '../../core/scan/fleet/decide-hop.ts';
import { latestScansOf } from '../../core/scan/fleet/report-store.ts';
import { loadRun } from '../../core/scan/fleet/run-store.ts';
import { fails } from '../../core/scan/report/verdict.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { loadFleet } from '../../simulator/fleet/load-fleet.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { World } from '../../simulator/process/world.ts';
import { hold } from './changed-policy.ts';
import { discover, PERSON } from './small-fleet.ts';

const folder = join(import.meta.dirname, '../../examples/fleet');

function exampleConfig(now: Date) {
  const paths = ['fleet.yaml', 'policies.yaml'];
  return parseConfig(
    paths.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })),
    { now },
  );
}

/** The example fleet, where nothing is started by itself. */
async function observedFleet(): Promise<World> {
  const { state, now } = await loadFleet(folder);
  const { fleet, policies, calendars } = exampleConfig(now);
  if (fleet === undefined) throw new Error('The example has no Fleet.');
  const world = new World({ state, start: now, seed: 1 });
  const observing = { ...fleet, spec: { ...fleet.spec, mode: 'observe' as const } };
  await applyConfig(world.ports, [observing, ...policies, ...calendars], PERSON);
  await discover(world);
  return world;
}

// docs/scan.md, Fleet: the report alone says whether the hop may go on.
test('of every cluster of the example fleet the execution, the report, the decision, the fleet, the plan and explain say the same', async () => {
  const world = await observedFleet();
  const records = await loadLivingRecords(world.table);
  const rows: string[] = [];
  for (const record of records) rows.push(await answersOf(world, record));
  expect([records.length, warned > 0]).toEqual([12, true]);
  expect(rows.sort()).toMatchInlineSnapshot(`
[
  "catalog-staging 1.36 → 1.37: pass, 0 errors, 0 gaps: info no-default-storage-class",
  "checkout-dev 1.36 → 1.37: pass, 0 errors, 0 gaps: info AddonInsight, info no-default-storage-class",
  "checkout-staging 1.36 → 1.37: fail, 1 errors, 0 gaps: error removed, info no-default-storage-class, warning removed",
  "experiments 1.33 → 1.34: pass, 0 errors, 0 gaps: info no-default-storage-class",
  "ledger-prod 1.35 → 1.36: pass, 0 errors, 0 gaps: info no-default-storage-class",
  "orders-prod 1.33 → 1.34: pass, 0 errors, 0 gaps: info no-default-storage-class",
  "payments-prod 1.36 → 1.37: fail, 1 errors, 0 gaps: error DrainStuck, info no-default-storage-class",
  "payments-staging 1.36 → 1.37: pass, 0 errors, 0 gaps: ",
  "platform-dev 1.36 → 1.37: pass, 0 errors, 0 gaps: info no-default-storage-class",
  "sandbox-dev 1.35 → 1.36: pass, 0 errors, 0 gaps: info no-default-storage-class",
  "search-prod 1.34 → 1.35: pass, 0 errors, 0 gaps: info no-default-storage-class",
  "search-staging 1.35 → 1.36: fail, 4 errors, 0 gaps: error InsightError, error VersionSkew, error al2-ami, info no-default-storage-class, warning al2-ami, warning cgroup-v1-amazon-linux-2, warning containerd-1x",
]
`);
});

let warned = 0;

async function answersOf(world: World, record: ClusterRecord): Promise<string> {
  const targetVersion = KubeVersion.parse(record.version).next().toString();
  const scan = await requestScan(world.ports, record, targetVersion, PERSON);
  await runWorld(world, { until: new Date(world.clock.now().getTime() + 3_600_000), quietHours: 2 });
  const ended = world.runner.describeExecution(scan.execution);
  const report = await scanReport(world.table, record, { target: targetVersion });
  const { verdict, findings, failOn, summary } = report;
  const decision = decideHop(report);
  const isLetThrough = decision.blockers.length === 0;
  expect([record.name, ended.status === 'SUCCEEDED', isLetThrough]).toEqual([
    record.name,
    verdict === 'pass',
    verdict === 'pass',
  ]);
  const run = (await loadRun(world.table, ended.executionArn))?.data;
  expect(run?.reasons.slice(0, decision.blockers.length)).toEqual(decision.blockers);
  // What stops the hop is told of each cause that fails, in the words of its finding.
  for (const finding of findings.filter((one) => fails(one, failOn))) {
    const told = decision.blockers.filter(({ message }) => message.includes(finding.fix));
    const alike = findings.filter(({ cause }) => cause === finding.cause);
    expect(
      told.length > 0 || alike.some(({ fix }) => decision.blockers.some(({ message }) => message.includes(fix))),
    ).toBe(true);
    if (finding.reason === 'preflight') expect(isKnown(finding.rule ?? '') || finding.rule === 'al2-ami').toBe(true);
  }
  expect(new Set(findings.map(({ id, location, message }) => JSON.stringify([id, location, message]))).size).toBe(
    findings.length,
  );
  const { items, causes, owners } = await scanMatrix(world.ports, targetVersion);
  const row = items.find(({ cluster }) => cluster === shortId(record));
  const { scan: told, foreseen } = await explainCluster(world.ports, record);
  const planned = await plannedWith(world, record, targetVersion);
  const ofCluster = causes.filter(({ clusters }) => clusters.includes(shortId(record)));
  const groups = report.groups.filter(({ severity }) => severity !== 'info');
  expect(ofCluster.map(({ cause, owner, severity }) => `${severity} ${cause} ${owner}`).sort()).toEqual(
    groups.map(({ cause, owner, severity }) => `${severity} ${cause} ${owner}`).sort(),
  );
  const ofOwners = (
    await Promise.all(
      [...new Set(groups.flatMap(({ owner }) => owner ?? []))].map((owner) => ownerReport(world.ports, owner)),
    )
  ).flatMap((one) =>
    one.items.filter(({ cluster, target }) => cluster === shortId(record) && target === targetVersion),
  );
  // Whoever is to be chased for the cluster is told so by a report of his own, and nobody else is.
  const team = record.labels.team ?? '';
  const ofTeam = (await ownerReport(world.ports, team)).items.filter(
    ({ cluster, target, fixes }) => cluster === shortId(record) && target === targetVersion && fixes.length > 0,
  );
  const isChased = owners.some(({ owner, clusters }) => owner === team && clusters.includes(shortId(record)));
  expect([record.name, team, isChased]).toEqual([record.name, team, ofTeam.length > 0]);
  for (const { cause, owner, fix } of warningsOf(report)) {
    if (blockersOf(report).some((one) => one.cause === cause)) continue;
    const ids = groups.find((one) => one.cause === cause)?.findings.slice(0, 5);
    const ofFleet = ofCluster.find((one) => one.cause === cause);
    expect([cause, ofFleet?.fixes, ofFleet?.ids]).toEqual([
      cause,
      expect.arrayContaining([fix]),
      expect.arrayContaining(ids ?? []),
    ]);
    if (owner !== null)
      expect([cause, ofOwners.find((one) => one.cause === cause)?.fixes]).toEqual([
        cause,
        expect.arrayContaining([fix]),
      ]);
    warned += 1;
  }
  const isFailing = new Set(findings.filter((one) => fails(one, failOn)).map(({ id }) => id));
  // Each cause that stops the hop, with whose it is, what ends it, and by which ids it is waived.
  for (const { cause, owner, fix, what } of blockersOf(report)) {
    const ids = groups.find((one) => one.cause === cause)?.findings.filter((id) => isFailing.has(id)) ?? [];
    const ofFleet = ofCluster.filter((one) => one.cause === cause);
    expect([cause, ofFleet]).toEqual([
      cause,
      [
        expect.objectContaining({
          owner,
          severity: 'error',
          fixes: expect.arrayContaining([fix]),
          ids: expect.arrayContaining(ids.slice(0, 5)),
        }),
      ],
    ]);
    for (const words of [foreseen, planned].map((reasons) => reasons.map(({ message }) => message).join(' ')))
      expect([cause, owner ?? '', fix, ...ids.slice(0, 5)].filter((part) => !words.includes(part))).toEqual([]);
    expect(foreseen.some(({ message }) => message.includes(cause) && ids.every((id) => message.includes(id)))).toBe(
      true,
    );
    expect(what).not.toBe('');
  }
  expect(planned).toEqual(foreseen.filter(({ code }) => code !== 'MoreReasons'));
  const figures = { verdict, errors: summary.errors, warnings: summary.warnings, gaps: summary.gaps };
  // Somebody else moves catalog-staging there meanwhile.
  expect([record.name, row]).toMatchObject([
    record.name,
    row?.version === targetVersion ? { ...figures, verdict: 'there' } : figures,
  ]);
  expect(told).toMatchObject(figures);
  const named = [...new Set(findings.map(({ severity, rule, reason }) => `${severity} ${rule ?? reason}`))].sort();
  return `${record.name} ${record.version} → ${targetVersion}: ${verdict}, ${summary.errors} errors, ${summary.gaps} gaps: ${named.join(', ')}`;
}

/** What a plan over the inventory as it is printed says of the hop. */
async function plannedWith(world: World, record: ClusterRecord, to: string): Promise<readonly Reason[]> {
  const scans = (await latestScansOf(world.table, [record.clusterKey])).get(record.clusterKey);
  const written = inventoryClusterSchema.parse(JSON.parse(JSON.stringify(writtenCluster(record, undefined, scans))));
  return blockersOnTheWay(record, { clusterKey: record.clusterKey, scans: written.scans ?? [] }, to, undefined);
}

test('a target several minors away is judged hop by hop: what the hops bring up to date is no failure', async () => {
  const world = await observedFleet();
  const record = (await loadLivingRecords(world.table)).find(({ name }) => name === 'orders-prod');
  if (record === undefined) throw new Error('The example has no orders-prod.');
  await requestScan(world.ports, record, '1.37', PERSON);
  await runWorld(world, { until: new Date(world.clock.now().getTime() + 3_600_000), quietHours: 2 });
  const { verdict, findings } = await scanReport(world.table, record, { target: '1.37' });
  expect([record.version, verdict, findings.filter(({ severity }) => severity === 'error')]).toEqual([
    '1.33',
    'pass',
    [],
  ]);
});

// docs/scan.md, Readiness: every cluster is looked at once a day, and these looks change nothing.
test('a day on, each of the twelve has a verdict that nobody asked for, and nothing was changed for it', async () => {
  const world = await observedFleet();
  await world.invoke('watch-versions', {});
  const day = world.clock.now().getTime() + 24 * 3_600_000;
  while (world.clock.now().getTime() < day) {
    await world.invoke('refresh-readiness', {});
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 3_600_000));
  }
  const { items } = await listClusters(world.ports, {});
  // Somebody else has moved catalog-staging to the newest minor meanwhile.
  const said = items.map(({ name, readiness }) => `${name} ${readiness.verdict} for ${readiness.for}`);
  expect(said.sort()).toEqual([
    'catalog-staging ready for null',
    'checkout-dev ready for 1.37',
    'checkout-staging blocked for 1.37',
    'experiments readyAfterHops for 1.34',
    'ledger-prod readyAfterHops for 1.36',
    'orders-prod readyAfterHops for 1.35',
    'payments-prod blocked for 1.37',
    'payments-staging ready for 1.37',
    'platform-dev ready for 1.37',
    'sandbox-dev readyAfterHops for 1.36',
    'search-prod readyAfterHops for 1.35',
    'search-staging blocked for 1.36',
  ]);
  const [payments] = items.filter(({ name }) => name === 'payments-prod');
  const [reason] = payments?.readiness.reasons ?? [];
  expect([reason?.code, reason?.message]).toEqual([
    'DrainStuck',
    expect.stringMatching(
      /\(payments-core\): PodDisruptionBudget payments\/gateway .* Deployment payments\/gateway .* kubectl -n payments patch pdb gateway /,
    ),
  ]);
  expect(world.eks.state.mutations).toEqual([]);
  const answers = new Map(items.map(({ name, readiness }) => [name, readiness.verdict]));
  const planned = async () => {
    const { items: written } = await listClusters(world.ports, { inventory: true });
    const clusters = written.map(({ inventory }) => inventory);
    const text = JSON.stringify({ apiVersion, kind: 'Inventory', clusters });
    const { inventory, errors } = parseInventory({ path: 'inventory', text });
    if (inventory === undefined) throw new Error(JSON.stringify(errors));
    const { waves } = drawPlan(planRules(exampleConfig(world.clock.now())), inventory, {
      now: world.clock.now(),
      seed: 1,
      runs: 1,
    });
    return waves.flatMap(({ clusters }) => clusters).map(({ name, readiness }) => [name, readiness] as const);
  };
  const today = await planned();
  expect(today.length).toBeGreaterThan(8);
  expect(today).toEqual(today.map(([name]) => [name, answers.get(name)]));
  // A day and a half later nobody has looked again.
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 36 * 3_600_000));
  expect(new Set((await planned()).map(([, readiness]) => readiness))).toEqual(new Set(['stale', 'blocked']));
});

// docs/scan.md, Readiness: a held cluster is blocked, also one that is at the target.
test('what scan fleet says of a held cluster is what explain and get clusters say', async () => {
  const world = await observedFleet();
  await world.invoke('watch-versions', {});
  for (const { name } of await loadLivingRecords(world.table)) await hold(world, name);
  const { items } = await scanMatrix(world.ports, '1.36');
  const verdict = async ({ cluster }: { cluster: string }) =>
    (await explainCluster(world.ports, await findCluster(world.table, cluster))).readiness.verdict;
  expect(items.map(({ name, readiness }) => [name, readiness])).toEqual(
    await Promise.all(items.map(async (row) => [row.name, await verdict(row)])),
  );
  expect(new Set(items.map(({ readiness }) => readiness))).toEqual(new Set(['blocked']));
});
