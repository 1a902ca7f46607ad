import { fieldOf, listOf, type Report } from './check.ts';
import { urlProblem } from './smoke-urls.ts';

/** Webhooks of gates are called from inside AWS like smoke URLs, and the same holds for them. */
export function checkGateUrls(document: unknown, allowedHosts: readonly string[], report: Report): void {
  for (const [index, wave] of listOf(fieldOf(document, 'spec', 'waves')).entries()) {
    for (const [at, gate] of listOf(fieldOf(wave, 'gates')).entries()) {
      const url = fieldOf(gate, 'webhook');
      const message = typeof url === 'string' ? urlProblem(url, allowedHosts) : undefined;
      if (message !== undefined) report('error', ['spec', 'waves', index, 'gates', at, 'webhook'], message);
    }
  }
}
