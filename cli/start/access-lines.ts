import type { AccessReport } from '../../simulator/cloud/access-report.ts';
import type { FunctionFault } from '../../simulator/cloud/local-cloud.ts';

/** The run's result about permissions, and whether it is a success: a missing permission never is. */
export function accessLines(
  report: AccessReport,
  faults: readonly FunctionFault[],
): { readonly lines: readonly string[]; readonly ok: boolean } {
  // Grants that other runs need are no finding of this one; npm run lint checks that a run uses every grant.
  const { decided, permissions, missing, ineffective, problems } = report;
  const broken = faults.filter(({ error }) => BROKEN.has(error.name));
  const lines = [
    '',
    'Permissions',
    `  ${decided} accesses were decided by the template's policies; ${permissions} distinct permissions were used.`,
    ...titled('MISSING', missing),
    ...titled('NOT UNDERSTOOD', problems),
    ...titled('Granted, and can never match', ineffective),
    ...titled('BROKEN', [
      ...new Set(broken.map(({ function: name, error }) => `${name}: ${error.name}: ${error.message}`)),
    ]),
  ];
  return { lines, ok: missing.length + problems.length + broken.length === 0 };
}

/** Errors of functions that no retry can repair: the template has a wrong reference. */
const BROKEN: ReadonlySet<string> = new Set([
  'MissingEnvironment',
  'ResourceNotFoundException',
  'ValidationException',
  'Runtime.HandlerNotFound',
  'Runtime.OutOfMemory',
  'Runtime.ExitError',
  'Sandbox.Timedout',
]);

const titled = (title: string, texts: readonly string[]): string[] =>
  texts.length === 0 ? [] : [`  ${title}:`, ...texts.map((text) => `    ${text}`)];
