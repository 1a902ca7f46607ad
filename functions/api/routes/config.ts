import { Hono } from 'hono';
import { z } from 'zod';
import { applyDocuments } from '../../../core/operations/apply-documents.ts';
import type { ApiEnv } from '../api-context.ts';
import { readBody } from '../request-body.ts';
import { dryRunQuery, readQuery } from '../request-query.ts';

const documents = z.array(z.record(z.string(), z.unknown()), 'is a list of config documents');

/** `/v1/config`: all documents or none. */
export const config = new Hono<ApiEnv>().put('/', async (context) => {
  const { dryRun = false } = readQuery(context, dryRunQuery);
  const { ports, principal } = context.var;
  return context.json(await applyDocuments(ports, await readBody(context, documents), principal, { dryRun }));
});
