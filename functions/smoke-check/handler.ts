import { createUrlProbe } from '../../adapters/aws/url-probe.ts';
import { loadFleetInForce } from '../../core/policy/applied.ts';
import type { UrlProbe } from '../../core/ports/outside.ts';
import { clusters } from '../runtime/cluster-access-port.ts';
import { awsPorts, clock, createHandler, type PortFactory, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { hooks } from '../runtime/hooks-port.ts';
import { definition } from './function.ts';

/** The hosts that may be private are those of the Fleet as it stands when the probe is used. */
const probe: PortFactory<UrlProbe> = {
  environment: table.environment,
  create(context) {
    const store = table.create(context);
    return createUrlProbe({
      allowedHosts: async () => (await loadFleetInForce(store))?.allowedHosts ?? [],
    });
  },
};

export const handler = createHandler(definition, awsPorts({ clock, clusters, eks, events, hooks, probe, table }));
