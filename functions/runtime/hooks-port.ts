import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createHooks } from '../../adapters/aws/hooks.ts';
import { systemClock } from '../../adapters/aws/system-clock.ts';
import type { Hooks } from '../../core/ports/outside.ts';
import type { PortFactory } from './create-handler.ts';

/** For the steps that hooks are asked before and after. */
export const hooks: PortFactory<Hooks> = {
  environment: [],
  create: () => createHooks({ secrets: createWebhookSecrets({ clock: systemClock }), clock: systemClock }),
};
