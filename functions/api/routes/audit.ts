import { Hono } from 'hono';
import { z } from 'zod';
import { loadAuditTrail } from '../../../core/queries/audit-trail.ts';
import { findCluster } from '../../../core/queries/find-cluster.ts';
import { findRollout } from '../../../core/queries/find-rollout.ts';
import type { PageRequest } from '../../../core/queries/page.ts';
import type { ApiContext, ApiEnv, Query } from '../api-context.ts';
import { pageQuery, readQuery } from '../request-query.ts';

/** The most items of a page. An item holds what was written, 38 KB for a plan, so a page may end sooner (core/queries/page.ts). */
const ITEMS = 200;
const query = z.strictObject(pageQuery);
const pageIn = (context: ApiContext): PageRequest => ({ limit: ITEMS, ...readQuery(context, query) });

/** A subject may be as long as a key of DynamoDB, because items that somebody else put into the table have to be shown too. */
const subjectQuery = z.strictObject({ ...pageQuery, subject: z.string().min(1).max(2048) });

/**
 * `/v1/audit/<subject>`: `fleet`, `rollouts/<id>` or `clusters/<id>`. A subject that does not exist is an error and no empty list. `subjects` takes a
 * subject by its exact name and answers with an empty list, because whoever verifies the audit has to find out when items were removed.
 */
export const audit = new Hono<ApiEnv>()
  .get('/fleet', async (context: ApiContext<'/fleet', Query<typeof query>>) =>
    context.json(await loadAuditTrail(context.var.ports.table, 'fleet', pageIn(context))),
  )
  .get('/subjects', async (context: ApiContext<'/subjects', Query<typeof subjectQuery>>) => {
    const { subject, ...page } = readQuery(context, subjectQuery);
    return context.json(await loadAuditTrail(context.var.ports.table, subject, { limit: ITEMS, ...page }));
  })
  .get('/rollouts/:id', async (context: ApiContext<'/rollouts/:id', Query<typeof query>>) => {
    const { table } = context.var.ports;
    const { id } = (await findRollout(table, context.req.param('id'))).data;
    return context.json(await loadAuditTrail(table, `rollout/${id}`, pageIn(context)));
  })
  .get('/clusters/:id', async (context: ApiContext<'/clusters/:id', Query<typeof query>>) => {
    const { table } = context.var.ports;
    const { clusterKey } = await findCluster(table, context.req.param('id'));
    return context.json(await loadAuditTrail(table, clusterKey, pageIn(context)));
  });
