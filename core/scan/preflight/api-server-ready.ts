import { preflightCheck } from './preflight-check.ts';

export const apiServerReady = preflightCheck({
  name: 'ApiServerNotReady',
  source: 'server',
  finds: 'The API server answers that it is not ready.',
  observe({ cluster, server }) {
    if (server === undefined || server.ready.ok) return [];
    const message = `The API server of ${cluster.name} is not ready: ${server.ready.failed.join(', ')}.`;
    return [{ message, fix: 'Repair what it names before an upgrade.' }];
  },
});
