import { Hono } from 'hono';
import { z } from 'zod';
import { auditTrail } from '../../../core/queries/audit-trail.ts';
import { findCluster } from '../../../core/queries/find-cluster.ts';
import { findRollout } from '../../../core/queries/find-rollout.ts';
import type { PageRequest } from '../../../core/queries/page.ts';
import type { ApiContext, ApiEnv } from '../api-context.ts';
import { pageQuery, readQuery } from '../request-query.ts';

/** An item holds what was written, so two hundred of them are as large as a thousand clusters. */
const ITEMS = 200;
const query = z.strictObject(pageQuery);
const pageIn = (context: ApiContext): PageRequest => ({ limit: ITEMS, ...readQuery(context, query) });

/** `/v1/audit/<subject>`: `fleet`, `rollouts/<id>` or `clusters/<id>`. A subject that does not exist is an error, not an empty record. */
export const audit = new Hono<ApiEnv>()
  .get('/fleet', async (context) => context.json(await auditTrail(context.var.ports.table, 'fleet', pageIn(context))))
  .get('/rollouts/:id', async (context) => {
    const { table } = context.var.ports;
    const { id } = (await findRollout(table, context.req.param('id'))).data;
    return context.json(await auditTrail(table, `rollout/${id}`, pageIn(context)));
  })
  .get('/clusters/:id', async (context) => {
    const { table } = context.var.ports;
    const { clusterKey } = await findCluster(table, context.req.param('id'));
    return context.json(await auditTrail(table, clusterKey, pageIn(context)));
  });
