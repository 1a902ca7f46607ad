import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createPrometheus } from '../../adapters/aws/prometheus.ts';
import { systemClock as clock } from '../../adapters/aws/system-clock.ts';
import type { Prometheus } from '../../core/ports/prometheus.ts';
import type { PortFactory } from './create-handler.ts';

export const prometheus: PortFactory<Prometheus> = {
  environment: [],
  create: () => createPrometheus({ secrets: createWebhookSecrets({ clock }), clock }),
};
