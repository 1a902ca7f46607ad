import type { Context } from 'hono';
import { z } from 'zod';
import { principalOf } from '../../core/model/principal.ts';

/** What API Gateway says of a caller whose signature it has checked; nothing that the caller sent counts. */
const signed = z.object({
  requestContext: z.object({ authorizer: z.object({ iam: z.object({ userArn: z.string() }) }) }),
});

export function lambdaPrincipal(context: Pick<Context, 'env'>): string | undefined {
  const event = signed.safeParse((context.env as { event?: unknown } | undefined)?.event);
  return event.success ? principalOf(event.data.requestContext.authorizer.iam.userArn) : undefined;
}
