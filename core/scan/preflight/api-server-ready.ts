import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'ApiServerNotReady';

export const apiServerReady: PreflightCheck = {
  name,
  finds: 'The API server answers that it is not ready.',
  observe({ cluster, server }) {
    if (server === undefined || server.ready.ok) return [];
    const message = `The API server of ${cluster.name} is not ready: ${server.ready.failed.join(', ')}.`;
    return [foundOf(name, 'server', cluster, { message, fix: 'Repair what it names before an upgrade.' })];
  },
};
