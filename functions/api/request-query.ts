import { z } from 'zod';
import { matching } from '../../core/config/schema/names.ts';
import { TIERS } from '../../core/queries/access-manifest.ts';
import { PAGE_LIMIT } from '../../core/queries/page.ts';
import { parseOrRefuse } from '../runtime/function-definition.ts';
import type { ApiContext } from './api-context.ts';

const text = z.string().min(1).max(500);

/** `?all`, `?all=true` and `?all=false`. */
const flag = z
  .enum(['', 'true', 'false'], 'is true or false')
  .transform((value) => value !== 'false')
  .optional();

export const minorText = matching(/^\d{1,3}\.\d{1,4}$/, 'is no Kubernetes minor; write it as 1.37');

export const pageQuery = {
  limit: matching(/^[1-9]\d{0,3}$/, `is a whole number from 1 to ${PAGE_LIMIT}`)
    .transform(Number)
    .optional(),
  after: text.optional(),
};

export const clustersQuery = z.strictObject({
  ...pageQuery,
  selector: z.string().min(1).max(2_000).optional(),
  account: matching(/^\d{12}$/, 'is an AWS account id of 12 digits').optional(),
  region: matching(/^[a-z0-9-]{1,40}$/, 'is an AWS Region such as eu-central-1').optional(),
  gone: flag,
  inventory: flag,
});
/** The `next` of the page before. */
const reportAfter = matching(/^\d{1,7}$/, 'is what the last page gave as next')
  .transform(Number)
  .optional();
export const reportQuery = z.strictObject({ after: reportAfter });
export const latestReportQuery = z.strictObject({ after: reportAfter, target: minorText.optional() });
export const readinessQuery = z.strictObject({ to: minorText.optional() });
export const hopQuery = z.strictObject({ to: z.string().max(40) });
export const rollbackQuery = z.strictObject({ extendSupport: flag });
export const nodegroupQuery = z.strictObject({ nodegroup: z.string().min(1).max(63) });
export const scansQuery = z.strictObject({ limit: pageQuery.limit });
export const upgradesQuery = z.strictObject({ ...pageQuery, all: flag });
export const dryRunQuery = z.strictObject({ dryRun: flag });
export const periodQuery = z.strictObject({ since: z.string().min(1).max(40) });
export const betweenQuery = periodQuery.extend({ until: z.string().min(1).max(40).optional() });
/** Owners are free text (annotations, `Helm release shop/web`), which has no place in a path. */
export const ownerQuery = z.strictObject({ owner: z.string().min(1).max(400) });
export const noQuery = z.strictObject({});
export const clusterQuery = z.strictObject({ ...pageQuery, cluster: text.optional() });
export const manifestQuery = clusterQuery.extend({ tier: z.enum(TIERS, `is one of ${TIERS.join(', ')}`).optional() });

/** Reads the query parameters. Fails with `InvalidInput` for an unknown one, since a misspelled filter would otherwise filter nothing. */
export function readQuery<Data>(context: ApiContext, schema: z.ZodType<Data>): Data {
  return parseOrRefuse(schema, context.req.query(), 'query');
}
