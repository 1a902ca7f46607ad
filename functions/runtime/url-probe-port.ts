import { createUrlProbe } from '../../adapters/aws/url-probe.ts';
import { loadFleetInForce } from '../../core/policy/applied.ts';
import type { UrlProbe } from '../../core/ports/outside.ts';
import { type PortFactory, table } from './create-handler.ts';

/** The private hosts that may be asked are those of the Fleet in force when the probe is used. */
export const probe: PortFactory<UrlProbe> = {
  environment: table.environment,
  create(context) {
    const store = table.create(context);
    return createUrlProbe({
      allowedHosts: async () => (await loadFleetInForce(store))?.allowedHosts ?? [],
    });
  },
};
