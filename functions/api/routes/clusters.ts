import { Hono } from 'hono';
import { z } from 'zod';
import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import type { Reason } from '../../../core/contracts/step-result.ts';
import { shortId } from '../../../core/model/cluster-key.ts';
import { breakGlassOfCluster, mendGlassOfCluster } from '../../../core/operations/break-glass.ts';
import { releaseCluster, retryCluster } from '../../../core/operations/hold-switch.ts';
import { cancelDrain, requestDrain } from '../../../core/operations/request-drain.ts';
import { requestRollback } from '../../../core/operations/request-rollback.ts';
import { requestScan, requestUpgrade } from '../../../core/operations/requests.ts';
import { skipCluster } from '../../../core/operations/skip-cluster.ts';
import { loadClusterDetail } from '../../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../../core/queries/explain-cluster.ts';
import { findCluster } from '../../../core/queries/find-cluster.ts';
import { clusterReadiness, listClusters } from '../../../core/queries/list-clusters.ts';
import { scanHistory, scanReport, scanRun } from '../../../core/queries/scan-history.ts';
import type { ApiContext, ApiEnv, ApiPorts, Body, Query } from '../api-context.ts';
import { breakGlassBody, readBody, withOptionalReason, withReason } from '../request-body.ts';
import {
  clustersQuery,
  hopQuery,
  latestReportQuery,
  minorText,
  nodegroupQuery,
  noQuery,
  readinessQuery,
  readQuery,
  reportQuery,
  rollbackQuery,
  scansQuery,
} from '../request-query.ts';

const empty = z.strictObject({});
/** An order to begin something says why, if it likes; a plan alone has no reason. */
const approved = withOptionalReason.extend({ approve: z.boolean().default(false) });
const rollbackBody = approved.extend({ extendSupport: z.boolean().optional() });
const drainBody = approved.extend({ nodegroup: z.string().min(1).max(63) });
const cancelBody = withReason.extend({ nodegroup: z.string().min(1).max(63) });
const upgradeBody = approved.extend({ to: z.string().max(40) });

const scanBody = z.strictObject({ target: minorText.optional() });
/** How many scans are listed when the request gives no limit. */
const HISTORY = 100;

async function clusterOf(context: ApiContext<`/:id${string}`>): Promise<ClusterRecord> {
  const id = context.req.param('id');
  const cluster = await findCluster(context.var.ports.table, id);
  // Whoever names a cluster by more than its name may have to: the commands of the answer name it likewise.
  if (id !== cluster.name) context.set('named', { name: cluster.name, id: id.includes('@') ? id : shortId(cluster) });
  return cluster;
}

/** Carries out a person's change of a cluster and answers with the cluster's explanation after it, which tells what follows from the change. */
const explained =
  <Order extends { readonly reason?: string | undefined }>(
    body: z.ZodType<Order>,
    change: (ports: ApiPorts, clusterKey: string, principal: string, reason: Order['reason']) => Promise<object>,
  ) =>
  async (context: ApiContext<'/:id', { json: Order }>) => {
    const { reason } = await readBody(context, body);
    const { ports, principal } = context.var;
    const { clusterKey } = await clusterOf(context);
    const changed: { told?: readonly Reason[] } = await change(ports, clusterKey, principal, reason);
    const explanation = await explainCluster(ports, await findCluster(ports.table, clusterKey));
    return context.json({ ...explanation, reasons: [...(changed.told ?? []), ...explanation.reasons] });
  };

/** `/v1/clusters`: the inventory, and the orders that people give for one cluster. */
export const clusters = new Hono<ApiEnv>()
  .get('/', async (context: ApiContext<'/', Query<typeof clustersQuery>>) =>
    context.json(await listClusters(context.var.ports, readQuery(context, clustersQuery))),
  )
  .get('/:id', async (context) => {
    readQuery(context, noQuery);
    return context.json(await loadClusterDetail(context.var.ports, await clusterOf(context)));
  })
  .get('/:id/explain', async (context) => {
    readQuery(context, noQuery);
    return context.json(await explainCluster(context.var.ports, await clusterOf(context)));
  })
  .get('/:id/readiness', async (context: ApiContext<'/:id/readiness', Query<typeof readinessQuery>>) => {
    const { to } = readQuery(context, readinessQuery);
    return context.json(await clusterReadiness(context.var.ports, await clusterOf(context), to));
  })
  // A GET previews the upgrade, rollback or drain, so the right to read is enough for it.
  .get('/:id/upgrade', async (context: ApiContext<'/:id/upgrade', Query<typeof hopQuery>>) => {
    const { to } = readQuery(context, hopQuery);
    const { ports, principal } = context.var;
    return context.json(await requestUpgrade(ports, await clusterOf(context), to, principal, { approve: false }));
  })
  .get('/:id/rollback', async (context: ApiContext<'/:id/rollback', Query<typeof rollbackQuery>>) => {
    const { extendSupport } = readQuery(context, rollbackQuery);
    const { ports, principal } = context.var;
    const order = { approve: false, extendSupport };
    return context.json(await requestRollback(ports, await clusterOf(context), principal, order));
  })
  .get('/:id/drain', async (context: ApiContext<'/:id/drain', Query<typeof nodegroupQuery>>) => {
    const { nodegroup } = readQuery(context, nodegroupQuery);
    const { ports, principal } = context.var;
    return context.json(await requestDrain(ports, await clusterOf(context), nodegroup, principal, { approve: false }));
  })
  .post('/:id/retry', explained(empty, retryCluster))
  .post('/:id/release', explained(empty, releaseCluster))
  .post('/:id/skip', explained(withReason, skipCluster))
  .post('/:id/break-glass', async (context: ApiContext<'/:id/break-glass', Body<typeof breakGlassBody>>) => {
    const order = await readBody(context, breakGlassBody);
    const { ports, principal: by } = context.var;
    return context.json(await breakGlassOfCluster(ports, await clusterOf(context), { by, ...order }));
  })
  .post('/:id/break-glass/end', async (context: ApiContext<'/:id/break-glass/end', Body<typeof withReason>>) => {
    const { reason } = await readBody(context, withReason);
    const { ports, principal } = context.var;
    return context.json(await mendGlassOfCluster(ports, await clusterOf(context), principal, reason));
  })
  .post('/:id/upgrade', async (context: ApiContext<'/:id/upgrade', Body<typeof upgradeBody>>) => {
    const { to, ...order } = await readBody(context, upgradeBody);
    const { ports, principal } = context.var;
    const answer = await requestUpgrade(ports, await clusterOf(context), to, principal, order);
    return context.json(answer, answer.status === 'Started' ? 202 : 200);
  })
  .post('/:id/rollback', async (context: ApiContext<'/:id/rollback', Body<typeof rollbackBody>>) => {
    const order = await readBody(context, rollbackBody);
    const { ports, principal } = context.var;
    const answer = await requestRollback(ports, await clusterOf(context), principal, order);
    return context.json(answer, answer.status === 'Started' ? 202 : 200);
  })
  .post('/:id/drain', async (context: ApiContext<'/:id/drain', Body<typeof drainBody>>) => {
    const { nodegroup, ...order } = await readBody(context, drainBody);
    const { ports, principal } = context.var;
    const answer = await requestDrain(ports, await clusterOf(context), nodegroup, principal, order);
    return context.json(answer, answer.status === 'Started' ? 202 : 200);
  })
  .post('/:id/drain/cancel', async (context: ApiContext<'/:id/drain/cancel', Body<typeof cancelBody>>) => {
    const { nodegroup, reason } = await readBody(context, cancelBody);
    const { ports, principal } = context.var;
    return context.json(await cancelDrain(ports, await clusterOf(context), nodegroup, principal, reason));
  })
  .post('/:id/scans', async (context: ApiContext<'/:id/scans', Body<typeof scanBody>>) => {
    const { target } = await readBody(context, scanBody);
    const { ports, principal } = context.var;
    return context.json(await requestScan(ports, await clusterOf(context), target, principal), 202);
  })
  .get('/:id/scans', async (context: ApiContext<'/:id/scans', Query<typeof scansQuery>>) => {
    const { limit = HISTORY } = readQuery(context, scansQuery);
    return context.json({ items: await scanHistory(context.var.ports.table, await clusterOf(context), limit) });
  })
  .get('/:id/scans/latest', async (context: ApiContext<'/:id/scans/latest', Query<typeof latestReportQuery>>) => {
    const { after, target } = readQuery(context, latestReportQuery);
    return context.json(await scanReport(context.var.ports.table, await clusterOf(context), { target }, after));
  })
  .get('/:id/scans/runs/:name', async (context) => {
    readQuery(context, noQuery);
    return context.json(await scanRun(context.var.ports, await clusterOf(context), context.req.param('name')));
  })
  .get('/:id/scans/:time', async (context: ApiContext<'/:id/scans/:time', Query<typeof reportQuery>>) => {
    const { after } = readQuery(context, reportQuery);
    const which = { scannedAt: context.req.param('time') };
    return context.json(await scanReport(context.var.ports.table, await clusterOf(context), which, after));
  });
