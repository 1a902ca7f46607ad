import type { ApiUsage } from '../state/insights-state.ts';

/** Adds a client of an API to the recorded API usage; the same client of the same path is replaced. */
export function noteApiClient(
  usages: ApiUsage[],
  api: Omit<ApiUsage, 'clients'>,
  client: ApiUsage['clients'][number],
): void {
  let usage = usages.find((each) => each.usage === api.usage);
  if (usage === undefined) {
    usage = { ...api, clients: [] };
    usages.push(usage);
  }
  usage.clients = [...usage.clients.filter((each) => each.userAgent !== client.userAgent), client];
}
