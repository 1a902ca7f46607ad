import { Hono } from 'hono';
import { z } from 'zod';
import { scanMatrix } from '../../../core/queries/scan-matrix.ts';
import type { ApiEnv } from '../api-context.ts';
import { minorText, readQuery } from '../request-query.ts';

const matrixQuery = z.strictObject({ target: minorText, selector: z.string().min(1).max(2_000).optional() });

/** `/v1/scans`: the fleet by verdict. */
export const scans = new Hono<ApiEnv>().get('/', async (context) => {
  const { target, selector } = readQuery(context, matrixQuery);
  return context.json(await scanMatrix(context.var.ports.table, target, selector));
});
