import { Hono } from 'hono';
import { z } from 'zod';
import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import { releaseCluster, retryCluster } from '../../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../../core/operations/request-upgrade.ts';
import { clusterDetail } from '../../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../../core/queries/explain-cluster.ts';
import { findCluster } from '../../../core/queries/find-cluster.ts';
import { listClusters } from '../../../core/queries/list-clusters.ts';
import type { ApiContext, ApiEnv } from '../api-context.ts';
import { readBody } from '../request-body.ts';
import { clustersQuery, noQuery, readQuery } from '../request-query.ts';

const empty = z.strictObject({});
const upgradeBody = z.strictObject({ to: z.string().max(40), approve: z.boolean().default(false) });

const clusterOf = (context: ApiContext<'/:id'>): Promise<ClusterRecord> =>
  findCluster(context.var.ports.table, context.req.param('id'));

/** `/v1/clusters`: the inventory, and what people do to one cluster. */
export const clusters = new Hono<ApiEnv>()
  .get('/', async (context) => context.json(await listClusters(context.var.ports, readQuery(context, clustersQuery))))
  .get('/:id', async (context) => {
    readQuery(context, noQuery);
    return context.json(await clusterDetail(context.var.ports, await clusterOf(context)));
  })
  .get('/:id/explain', async (context) => {
    readQuery(context, noQuery);
    return context.json(await explainCluster(context.var.ports, await clusterOf(context)));
  })
  .post('/:id/retry', async (context) => {
    await readBody(context, empty);
    const { ports, principal } = context.var;
    const { clusterKey } = await clusterOf(context);
    await retryCluster(ports, clusterKey, principal);
    return context.json(await explainNow(context, clusterKey));
  })
  .post('/:id/release', async (context) => {
    await readBody(context, empty);
    const { ports, principal } = context.var;
    const { clusterKey } = await clusterOf(context);
    await releaseCluster(ports, clusterKey, principal);
    return context.json(await explainNow(context, clusterKey));
  })
  .post('/:id/upgrade', async (context) => {
    const { to, approve } = await readBody(context, upgradeBody);
    const { ports, principal } = context.var;
    const answer = await requestUpgrade(ports, await clusterOf(context), to, principal, { approve });
    return context.json(answer, answer.status === 'Started' ? 202 : 200);
  });

/** What follows from a change is the best answer to it. */
async function explainNow(context: ApiContext, clusterKey: string) {
  const { ports } = context.var;
  return explainCluster(ports, await findCluster(ports.table, clusterKey));
}
