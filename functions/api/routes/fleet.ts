import { Hono } from 'hono';
import { z } from 'zod';
import { applyDocuments } from '../../../core/operations/apply-documents.ts';
import { DELETABLE, deleteConfig } from '../../../core/operations/delete-config.ts';
import { resumeFleet, stopFleet } from '../../../core/operations/fleet-switch.ts';
import { effortReport } from '../../../core/queries/effort-report.ts';
import { fleetStatus, turnedSwitch } from '../../../core/queries/fleet-status.ts';
import { listCalendars, listChannels, listPolicies, listVersions, listWaivers } from '../../../core/queries/lists.ts';
import { ownerReport } from '../../../core/queries/owner-report.ts';
import { quarterReport } from '../../../core/queries/quarter-report.ts';
import { readinessReport } from '../../../core/queries/readiness-report.ts';
import { scanMatrix } from '../../../core/queries/scan-matrix.ts';
import { listUpgrades } from '../../../core/queries/upgrade-view.ts';
import { parseOrRefuse } from '../../runtime/function-definition.ts';
import type { ApiContext, ApiEnv, ApiPorts, Body, Query } from '../api-context.ts';
import { readBody, withOptionalReason, withReason } from '../request-body.ts';
import {
  betweenQuery,
  dryRunQuery,
  minorText,
  noQuery,
  ownerQuery,
  pageQuery,
  periodQuery,
  readQuery,
  upgradesQuery,
} from '../request-query.ts';

const documents = z.array(z.record(z.string(), z.unknown()), 'is a list of config documents');
type DeletePath = '/config/:kind/:name/delete';
const configPath = z.object({ kind: z.enum(DELETABLE, `is one of ${DELETABLE.join(', ')}`), name: z.string() });
const matrixQuery = z.strictObject({
  ...pageQuery,
  target: minorText,
  selector: z.string().min(1).max(2_000).optional(),
});

/** Adds the version of the time-zone data by which this process judges windows. */
const statusHere = async (ports: ApiPorts) => ({ ...(await fleetStatus(ports)), timeZoneData: process.versions.tz });

/** A list that takes no query and has no pages. */
const whole =
  <Answer extends object>(list: (ports: ApiPorts) => Promise<Answer>) =>
  async (context: ApiContext) => {
    readQuery(context, noQuery);
    return context.json(await list(context.var.ports));
  };

/** `/v1`: the fleet as a whole, its stop switch, and the lists that have no routes below them. */
export const fleet = new Hono<ApiEnv>()
  .get('/fleet', whole(statusHere))
  .post('/fleet/stop', async (context: ApiContext<'/fleet/stop', Body<typeof withReason>>) => {
    const { reason } = await readBody(context, withReason);
    const { ports, principal } = context.var;
    return context.json(await turnedSwitch(ports, await stopFleet(ports, principal, reason)));
  })
  .post('/fleet/resume', async (context: ApiContext<'/fleet/resume', Body<typeof withOptionalReason>>) => {
    const { reason } = await readBody(context, withOptionalReason);
    const { ports, principal } = context.var;
    return context.json(await turnedSwitch(ports, await resumeFleet(ports, principal, reason)));
  })
  // Either all documents are applied, or none.
  .put('/config', async (context: ApiContext<'/config', Body<typeof documents> & Query<typeof dryRunQuery>>) => {
    const { dryRun = false } = readQuery(context, dryRunQuery);
    const { ports, principal } = context.var;
    const options = { dryRun, spokeRole: ports.spokeRole };
    return context.json(await applyDocuments(ports, await readBody(context, documents), principal, options));
  })
  .post('/config/:kind/:name/delete', async (context: ApiContext<DeletePath, Body<typeof withReason>>) => {
    const { reason } = await readBody(context, withReason);
    const { ports, principal } = context.var;
    const object = parseOrRefuse(configPath, context.req.param(), 'path');
    return context.json(await deleteConfig(ports, object, principal, reason));
  })
  // The fleet by the verdicts of its scans.
  .get('/scans', async (context: ApiContext<'/scans', Query<typeof matrixQuery>>) => {
    const { target, ...request } = readQuery(context, matrixQuery);
    return context.json(await scanMatrix(context.var.ports, target, request));
  })
  .get('/reports/owner', async (context: ApiContext<'/reports/owner', Query<typeof ownerQuery>>) => {
    const { owner } = readQuery(context, ownerQuery);
    return context.json(await ownerReport(context.var.ports, owner));
  })
  .get('/reports/readiness', async (context: ApiContext<'/reports/readiness', Query<typeof periodQuery>>) => {
    const { since } = readQuery(context, periodQuery);
    return context.json(await readinessReport(context.var.ports, since));
  })
  .get('/reports/effort', async (context: ApiContext<'/reports/effort', Query<typeof periodQuery>>) => {
    const { since } = readQuery(context, periodQuery);
    return context.json(await effortReport(context.var.ports, since));
  })
  .get('/reports/quarter', async (context: ApiContext<'/reports/quarter', Query<typeof betweenQuery>>) => {
    const { since, until } = readQuery(context, betweenQuery);
    return context.json(await quarterReport(context.var.ports, since, until));
  })
  .get('/upgrades', async (context: ApiContext<'/upgrades', Query<typeof upgradesQuery>>) =>
    context.json(await listUpgrades(context.var.ports.table, readQuery(context, upgradesQuery))),
  )
  .get('/policies', whole(listPolicies))
  .get('/calendars', whole(listCalendars))
  .get('/channels', whole(listChannels))
  .get('/waivers', whole(listWaivers))
  .get('/versions', whole(listVersions));
