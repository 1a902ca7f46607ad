import { BEARER_SECRETS } from '../../contracts/names.ts';
import type { DocumentPath } from '../issue.ts';
import type { Report } from './check.ts';

/** Checks the secrets of a whole document: the functions may read no others (`webhookSecrets` of infra/names.ts), and queries send no others. */
export function checkSecrets(value: unknown, path: DocumentPath, report: Report): void {
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      checkSecrets(inner, [...path, Array.isArray(value) ? Number(key) : key], report);
  const [, arn, name] =
    (path.at(-1) === 'secret' && String(value).match(/^(arn:[^:]+:secretsmanager:.*:secret:)(.+)$/)) || [];
  // An entry of a list of queries: an owner of the Fleet may have that name, too.
  const isSent = path.at(-3) === 'queries' && typeof path.at(-2) === 'number';
  const prefix = isSent ? BEARER_SECRETS : 'liftlock/';
  if (name === undefined || name.startsWith(prefix)) return;
  const may = isSent ? 'sends no secret' : 'may read no secret';
  report(
    'error',
    path,
    `Liftlock ${may} of another name than ${prefix}…. Make one, and write its ARN: ${arn}${prefix}….`,
  );
}
