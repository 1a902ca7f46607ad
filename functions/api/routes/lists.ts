import { Hono } from 'hono';
import { listCalendars } from '../../../core/queries/list-calendars.ts';
import { listChannels } from '../../../core/queries/list-channels.ts';
import { listPolicies } from '../../../core/queries/list-policies.ts';
import { listVersions } from '../../../core/queries/list-versions.ts';
import { listUpgrades } from '../../../core/queries/upgrade-view.ts';
import type { ApiEnv } from '../api-context.ts';
import { noQuery, readQuery, upgradesQuery } from '../request-query.ts';

/** Lists that have no routes of their own below them. */
export const lists = new Hono<ApiEnv>()
  .get('/upgrades', async (context) =>
    context.json(await listUpgrades(context.var.ports.table, readQuery(context, upgradesQuery))),
  )
  .get('/policies', async (context) => {
    readQuery(context, noQuery);
    return context.json(await listPolicies(context.var.ports));
  })
  .get('/calendars', async (context) => {
    readQuery(context, noQuery);
    return context.json(await listCalendars(context.var.ports));
  })
  .get('/channels', async (context) => {
    readQuery(context, noQuery);
    return context.json(await listChannels(context.var.ports));
  })
  .get('/versions', async (context) => {
    readQuery(context, noQuery);
    return context.json(await listVersions(context.var.ports));
  });
