import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createPrometheus } from '../../adapters/aws/prometheus.ts';
import { signed } from './account-ports.ts';

export const prometheus = signed((options) => createPrometheus({ ...options, secrets: createWebhookSecrets(options) }));
