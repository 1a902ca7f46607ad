import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createPrometheus } from '../../adapters/aws/prometheus.ts';
import { systemClock as clock } from '../../adapters/aws/system-clock.ts';
import { loadFleetInForce } from '../../core/policy/applied.ts';
import type { Prometheus } from '../../core/ports/prometheus.ts';
import { type PortFactory, table } from './create-handler.ts';

/** The hosts that may be private are those of the Fleet as it stands when it is asked. */
export const prometheus: PortFactory<Prometheus> = {
  environment: table.environment,
  create(context) {
    const store = table.create(context);
    return createPrometheus({
      webhooks: { secrets: createWebhookSecrets({ clock }), clock },
      allowedHosts: async () => (await loadFleetInForce(store))?.allowedHosts ?? [],
    });
  },
};
