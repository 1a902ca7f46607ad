import type { DocumentPath } from '../issue.ts';
import type { Report } from './check.ts';

/** Checks the secrets of a whole document: the functions may read no others (`webhookSecrets` of infra/names.ts). */
export function checkSecrets(value: unknown, path: DocumentPath, report: Report): void {
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      checkSecrets(inner, [...path, Array.isArray(value) ? Number(key) : key], report);
  const [, arn, name] =
    (path.at(-1) === 'secret' && String(value).match(/^(arn:[^:]+:secretsmanager:.*:secret:)(.+)$/)) || [];
  if (name === undefined || name.startsWith('liftlock/')) return;
  report(
    'error',
    path,
    `Liftlock may read no secret of another name than liftlock/…. Make one, and write its ARN: ${arn}liftlock/….`,
  );
}
