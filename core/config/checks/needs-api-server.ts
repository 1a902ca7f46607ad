import { fieldOf } from '../sound-fields.ts';
import { listOf, type Report } from './check.ts';

const NOT_REACHED = 'which verification: eks-api says Liftlock cannot reach';

/** Reads the spec as written, so that a mistake elsewhere hides none. Without the API server disruption, drain and smoke have no effect. */
export function checkNeedsApiServer(document: unknown, report: Report): void {
  const spec = (...path: string[]) => fieldOf(document, 'spec', ...path);
  if (spec('verification') !== 'eks-api') return;
  if (spec('disruption') !== undefined) {
    const message = `counts nodes at the API server, ${NOT_REACHED}, so that no node group would ever be rolled. Leave one of them out.`;
    report('error', ['spec', 'disruption'], message);
  }
  if (spec('drain') !== undefined) {
    const message = `evicts pods at the API server, ${NOT_REACHED}, so that no drain could be made. Leave one of them out.`;
    report('warning', ['spec', 'drain'], message, 'key');
  }
  for (const name of ['deployments', 'jobs'] as const) {
    if (listOf(spec('smoke', name)).length === 0) continue;
    const message = `names what is read at the API server, ${NOT_REACHED}, so that nobody would look whether it works. Leave one of them out; alarms and URLs are asked all the same.`;
    report('error', ['spec', 'smoke', name], message);
  }
}
