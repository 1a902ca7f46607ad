import { Hono } from 'hono';
import { z } from 'zod';
import { auditTrail } from '../../../core/queries/audit-trail.ts';
import { findCluster } from '../../../core/queries/find-cluster.ts';
import { rolloutDetail } from '../../../core/queries/rollout-views.ts';
import type { ApiEnv } from '../api-context.ts';
import { pageQuery, readQuery } from '../request-query.ts';

const query = z.strictObject(pageQuery);

/** `/v1/audit/<subject>`: `fleet`, `rollouts/<id>` or `clusters/<id>`. A subject that does not exist is an error, not an empty record. */
export const audit = new Hono<ApiEnv>()
  .get('/fleet', async (context) =>
    context.json(await auditTrail(context.var.ports.table, 'fleet', readQuery(context, query))),
  )
  .get('/rollouts/:id', async (context) => {
    const { table } = context.var.ports;
    const { id } = await rolloutDetail(table, context.req.param('id'));
    return context.json(await auditTrail(table, `rollout/${id}`, readQuery(context, query)));
  })
  .get('/clusters/:id', async (context) => {
    const { table } = context.var.ports;
    const { clusterKey } = await findCluster(table, context.req.param('id'));
    return context.json(await auditTrail(table, clusterKey, readQuery(context, query)));
  });
