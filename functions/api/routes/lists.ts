import { Hono } from 'hono';
import { listCalendars } from '../../../core/queries/list-calendars.ts';
import { listChannels } from '../../../core/queries/list-channels.ts';
import { listPolicies } from '../../../core/queries/list-policies.ts';
import { listVersions } from '../../../core/queries/list-versions.ts';
import { listUpgrades } from '../../../core/queries/upgrade-view.ts';
import type { ApiContext, ApiEnv, ApiPorts } from '../api-context.ts';
import { noQuery, readQuery, upgradesQuery } from '../request-query.ts';

/** A list that takes no query and comes in one piece. */
const whole = (list: (ports: ApiPorts) => Promise<object>) => async (context: ApiContext) => {
  readQuery(context, noQuery);
  return context.json(await list(context.var.ports));
};

/** Lists that have no routes of their own below them. */
export const lists = new Hono<ApiEnv>()
  .get('/upgrades', async (context) =>
    context.json(await listUpgrades(context.var.ports.table, readQuery(context, upgradesQuery))),
  )
  .get('/policies', whole(listPolicies))
  .get('/calendars', whole(listCalendars))
  .get('/channels', whole(listChannels))
  .get('/versions', whole(listVersions));
