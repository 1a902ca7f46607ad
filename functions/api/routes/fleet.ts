import { Hono } from 'hono';
import { resumeFleet, stopFleet } from '../../../core/operations/fleet-switch.ts';
import { fleetStatus } from '../../../core/queries/fleet-status.ts';
import type { ApiEnv } from '../api-context.ts';
import { readBody, withOptionalReason, withReason } from '../request-body.ts';
import { noQuery, readQuery } from '../request-query.ts';

/** `/v1/fleet`: the fleet as a whole, and the one switch over it. */
export const fleet = new Hono<ApiEnv>()
  .get('/', async (context) => {
    readQuery(context, noQuery);
    return context.json(await fleetStatus(context.var.ports));
  })
  .post('/stop', async (context) => {
    const { reason } = await readBody(context, withReason);
    const { ports, principal } = context.var;
    await stopFleet(ports, principal, reason);
    return context.json(await fleetStatus(ports));
  })
  .post('/resume', async (context) => {
    const { reason } = await readBody(context, withOptionalReason);
    const { ports, principal } = context.var;
    await resumeFleet(ports, principal, reason);
    return context.json(await fleetStatus(ports));
  });
