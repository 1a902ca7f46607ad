import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { errorMessage, errorName } from '../../core/contracts/errors.ts';
import { withIdInCommands } from '../../core/model/cluster-key.ts';
import type { Log } from '../runtime/function-definition.ts';
import type { ApiEnv, ApiPorts } from './api-context.ts';
import { answerTo, HttpError } from './http-error.ts';
import { MAX_BODY_BYTES } from './request-body.ts';
import { access } from './routes/access.ts';
import { audit } from './routes/audit.ts';
import { clusters } from './routes/clusters.ts';
import { fleet } from './routes/fleet.ts';
import { rollouts } from './routes/rollouts.ts';

/** Returns the person who sent a request; undefined = nobody vouches for it, and it is refused. */
type PrincipalOf = (context: Context) => string | undefined;

/**
 * The HTTP API (docs/api.md) as a value: Lambda wraps it, the local run serves it and tests call it. It reads and writes through the use cases of
 * core alone, and each use case that changes something writes the principal into the audit.
 */
export function createApp(ports: ApiPorts, principalOf: PrincipalOf, log: Log = () => {}) {
  const app = new Hono<ApiEnv>();
  app.onError((error, context) => {
    const { status, body } = answerTo(error);
    if (status >= 500) {
      // The log gets the path and the error, and no headers or body: those may carry secrets.
      const { method, path } = context.req;
      log('A request failed.', { method, path, errorName: errorName(error), errorMessage: errorMessage(error) });
    }
    return context.json(body, status);
  });
  app.notFound((context) => {
    const message = `There is no ${context.req.method} ${context.req.path.slice(0, 200)}. The routes are in docs/api.md.`;
    return context.json({ error: { name: 'RouteNotFound', message } }, 404);
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new HttpError(
          413,
          'BodyTooLarge',
          `The body is larger than ${MAX_BODY_BYTES} bytes. Send less at a time.`,
        );
      },
    }),
  );
  app.use(async (context, next) => {
    const principal = principalOf(context);
    if (principal === undefined)
      throw new HttpError(403, 'Forbidden', 'Nobody vouches for this request: sign it with IAM credentials.');
    context.set('ports', ports);
    context.set('principal', principal);
    // No cache may keep an answer: it is true of this moment only, and it describes a private fleet.
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
    // Clients compute relative times from it, since the clock of a rehearsal is not theirs.
    context.header('liftlock-time', ports.clock.now().toISOString());
    await next();
    const { named } = context.var;
    if (named !== undefined) context.res = new Response(withIdInCommands(await context.res.text(), named), context.res);
  });
  return app
    .route('/v1/clusters', clusters)
    .route('/v1/rollouts', rollouts)
    .route('/v1/audit', audit)
    .route('/v1/access', access)
    .route('/v1', fleet);
}

/** The routes with the types of their requests and answers, for typed clients. */
export type Api = ReturnType<typeof createApp>;
