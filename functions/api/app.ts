import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { errorMessage, errorName } from '../../core/contracts/errors.ts';
import type { Log } from '../runtime/function-definition.ts';
import type { ApiEnv, ApiPorts } from './api-context.ts';
import { answerTo, HttpError } from './http-error.ts';
import { MAX_BODY_BYTES } from './request-body.ts';
import { access } from './routes/access.ts';
import { audit } from './routes/audit.ts';
import { clusters } from './routes/clusters.ts';
import { fleet } from './routes/fleet.ts';
import { rollouts } from './routes/rollouts.ts';

/** Gives the person who makes a request; undefined when nobody vouches for it, and then it is refused. */
type PrincipalOf = (context: Context) => string | undefined;

/**
 * The HTTP API (docs/api.md) as a value: Lambda wraps it, the local run serves it, tests call it. It reads and writes through the use cases
 * of core alone, and each of those that change something writes the principal into the audit.
 */
export function createApp(ports: ApiPorts, principalOf: PrincipalOf, log: Log = () => {}) {
  const app = new Hono<ApiEnv>();
  app.onError((error, context) => {
    const { status, body } = answerTo(error);
    if (status >= 500) {
      // The path and the error, never headers or a body: those may carry what must not be logged.
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
    // Answers are about now, and about a fleet that is nobody else's business.
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
    // Clients tell relative times by it: a rehearsal runs in a time of its own.
    context.header('liftlock-time', ports.clock.now().toISOString());
    await next();
  });
  return app
    .route('/v1/clusters', clusters)
    .route('/v1/rollouts', rollouts)
    .route('/v1/audit', audit)
    .route('/v1/access', access)
    .route('/v1', fleet);
}

/** Its routes with what they take and answer, for whoever asks from outside. */
export type Api = ReturnType<typeof createApp>;
