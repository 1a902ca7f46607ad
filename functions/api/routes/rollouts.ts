import { Hono } from 'hono';
import { z } from 'zod';
import type { Member } from '../../../core/contracts/items/rollout.ts';
import { PLAN_HASH } from '../../../core/contracts/plan-hash.ts';
import { compareTexts } from '../../../core/model/compare-texts.ts';
import { breakGlassOfWave, mendGlassOfWave } from '../../../core/operations/break-glass.ts';
import { promoteRollout } from '../../../core/operations/promote-rollout.ts';
import { abortRollout, pauseRollout, releaseTraits, resumeRollout } from '../../../core/operations/rollout-orders.ts';
import { startRollout } from '../../../core/operations/start-rollout.ts';
import { type Vote, voteOnWave } from '../../../core/operations/vote-on-wave.ts';
import { pageOf, shortened } from '../../../core/queries/page.ts';
import { listRollouts, loadRolloutDetail, type RolloutDetail } from '../../../core/queries/rollout-views.ts';
import type { ApiContext, ApiEnv, ApiPorts, Body, Query } from '../api-context.ts';
import { breakGlassBody, readBody, withOptionalReason, withReason } from '../request-body.ts';
import { dryRunQuery, pageQuery, readQuery } from '../request-query.ts';

const create = z.strictObject({
  policy: z.string().min(1).max(63),
  incompleteInventory: z.boolean().optional(),
  finish: z.boolean().optional(),
});

const planHash = z.string().regex(PLAN_HASH.pattern, PLAN_HASH.otherwise).optional();
const released = withReason.extend({ traits: z.array(z.string().min(1).max(300)).min(1).max(100) });
const approved = z.strictObject({ planHash, comment: withOptionalReason.shape.reason });
const rejected = withReason.extend({ planHash }).transform(({ reason: comment, ...rest }) => ({ ...rest, comment }));

const pagesQuery = z.strictObject(pageQuery);
const createQuery = dryRunQuery
  .extend({ after: pageQuery.after })
  .refine(({ dryRun, after }) => dryRun === true || after === undefined, 'after goes on with a plan: it needs dryRun');

/** A text that sorts members by wave and position. */
const placeOf = ({ waveIndex, position }: Member): string =>
  `${String(waveIndex).padStart(3, '0')}/${String(position).padStart(6, '0')}`;

/**
 * As much as one answer of Lambda holds of what ten thousand clusters come to. Who is left out comes before the members, with whom GET goes on once
 * the rollout is there (`isCreated`): of who is left out then, the others are counted. A plan is made anew for each page, so that no number of items
 * ends one.
 */
export function asFarAsItFits({ members, leftOut, ...rollout }: RolloutDetail, isCreated: boolean, after = '') {
  const rows: { id: string; left?: NonNullable<typeof leftOut>[number]; member?: (typeof members)[number] }[] = [
    ...(leftOut ?? []).map((left) => ({ id: `-/${left.clusterKey}`, left })),
    ...members.map((member) => ({ id: placeOf(member), member })),
  ];
  const rest = rows.filter(({ id }) => id > after).sort((one, other) => compareTexts(one.id, other.id));
  const { items, ...page } = shortened({ items: rest }, ({ id }) => id);
  const told = items.flatMap(({ left }) => left ?? []);
  const more = isCreated ? (leftOut ?? []).length - told.length : 0;
  return {
    ...rollout,
    members: items.flatMap(({ member }) => member ?? []),
    ...(leftOut === undefined ? {} : { leftOut: told }),
    ...(more > 0 && { moreLeftOut: more }),
    ...page,
  };
}

/** Carries out a person's order for a rollout, under that person's name and reason. */
const ordered =
  <Order extends { readonly reason?: string | undefined }, Answer extends object>(
    body: z.ZodType<Order>,
    operate: (ports: ApiPorts, id: string, principal: string, reason: Order['reason']) => Promise<Answer>,
  ) =>
  async (context: ApiContext<'/:id', { json: Order }>) => {
    const { reason } = await readBody(context, body);
    const { ports, principal } = context.var;
    return context.json(await operate(ports, context.req.param('id'), principal, reason));
  };

type OfWave = `/:id/waves/:wave/${string}`;

/** Records the vote of a person on the plan of a wave. */
const voted =
  <Said>(decision: Vote['decision'], body: z.ZodType<Pick<Vote, 'planHash' | 'comment'>, Said>) =>
  async (context: ApiContext<OfWave, { json: Said }>) => {
    const { planHash, comment } = await readBody(context, body);
    const { ports, principal: by } = context.var;
    const { id, wave } = context.req.param();
    return context.json(await voteOnWave(ports, id, wave, { decision, by, planHash, comment }));
  };

export const rollouts = new Hono<ApiEnv>()
  .get('/', async (context: ApiContext<'/', Query<typeof pagesQuery>>) => {
    const { table, clock } = context.var.ports;
    return context.json(await listRollouts(table, clock.now(), readQuery(context, pagesQuery)));
  })
  .post('/', async (context: ApiContext<'/', Body<typeof create> & Query<typeof createQuery>>) => {
    const { dryRun = false, after } = readQuery(context, createQuery);
    const { policy, incompleteInventory = false, finish = false } = await readBody(context, create);
    const { ports, principal } = context.var;
    const rollout = await startRollout(ports, policy, principal, { dryRun, incompleteInventory, finish });
    return context.json(asFarAsItFits(rollout, !dryRun, after), dryRun ? 200 : 201);
  })
  .get('/:id', async (context: ApiContext<'/:id', Query<typeof pagesQuery>>) => {
    const request = readQuery(context, pagesQuery);
    const { table, clock } = context.var.ports;
    const rollout = await loadRolloutDetail(table, context.req.param('id'), clock.now());
    const { items: members, ...rest } = pageOf(rollout.members, placeOf, request);
    return context.json({ ...rollout, members, ...rest });
  })
  .post('/:id/pause', ordered(withReason, pauseRollout))
  .post('/:id/resume', ordered(withOptionalReason, resumeRollout))
  .post('/:id/accept-failures', async (context: ApiContext<'/:id/accept-failures', Body<typeof withReason>>) => {
    const { reason } = await readBody(context, withReason);
    const { ports, principal } = context.var;
    const id = context.req.param('id');
    return context.json(await resumeRollout(ports, id, principal, reason, { acceptFailures: true }));
  })
  .post('/:id/promote', ordered(withReason, promoteRollout))
  .post('/:id/release-trait', async (context: ApiContext<'/:id/release-trait', Body<typeof released>>) => {
    const { traits, reason } = await readBody(context, released);
    const { ports, principal } = context.var;
    return context.json(await releaseTraits(ports, context.req.param('id'), traits, principal, reason));
  })
  .post('/:id/waves/:wave/approve', voted('Approved', approved))
  .post('/:id/waves/:wave/reject', voted('Rejected', rejected))
  .post('/:id/waves/:wave/break-glass', async (context: ApiContext<OfWave, Body<typeof breakGlassBody>>) => {
    const order = await readBody(context, breakGlassBody);
    const { ports, principal: by } = context.var;
    const { id, wave } = context.req.param();
    return context.json(await breakGlassOfWave(ports, id, wave, { by, ...order }));
  })
  .post('/:id/waves/:wave/break-glass/end', async (context: ApiContext<OfWave, Body<typeof withReason>>) => {
    const { reason } = await readBody(context, withReason);
    const { ports, principal } = context.var;
    const { id, wave } = context.req.param();
    return context.json(await mendGlassOfWave(ports, id, wave, principal, reason));
  })
  .post('/:id/abort', ordered(withReason, abortRollout));
