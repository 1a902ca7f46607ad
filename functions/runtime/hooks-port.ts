import { createAwsReceivers } from '../../adapters/aws/aws-receivers.ts';
import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createHooks } from '../../adapters/aws/hooks.ts';
import { systemClock as clock, systemSleep as sleep } from '../../adapters/aws/system-clock.ts';
import type { Hooks } from '../../core/ports/outside.ts';
import type { PortFactory } from './create-handler.ts';
import { endpointOf } from './endpoint-of.ts';

/** Lambda puts the credentials of the function's role into the environment, where they are valid as long as the environment exists. */
const ownSession = async () => {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN = '' } = process.env;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { ...credentials, sessionToken: AWS_SESSION_TOKEN };
};

/** For functions that ask hooks. */
export const hooks: PortFactory<Hooks> = {
  environment: [],
  create: () => {
    const receivers = createAwsReceivers({ sessions: { forAccount: ownSession }, clock, sleep, endpointOf });
    return createHooks({ secrets: createWebhookSecrets({ clock }), clock, receivers });
  },
};
