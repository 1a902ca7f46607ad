import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding } from '../../../core/scan/report/report-schema.ts';
import type { SarifLocation } from './sarif-log.ts';

export interface Folders {
  /** What paths of files are relative to. */
  readonly current: string;
  /** The root of the repository: what SARIF paths are relative to. */
  readonly root: string;
}

/**
 * Where a finding is. Code scanning refuses results without a file, so what is in a cluster gets a path that names the object instead
 * (`clusters/prod/payments/PodDisruptionBudget/api`); no such file exists, and the logical location says what it is.
 */
export function sarifLocation(finding: Finding, subject: string, folders: Folders): SarifLocation {
  const { location, kind, namespace, name } = finding;
  const parts = [subject, namespace, kind, name].filter((part) => part !== null).filter((part) => part !== '');
  const logicalLocations = [
    { name: name ?? kind ?? subject, fullyQualifiedName: parts.join('/').toWellFormed(), kind: 'resource' },
  ] as const;
  if (location === null) {
    const uri = ['clusters', ...parts].map(segment).join('/');
    const region = { startLine: 1, startColumn: 1 };
    return {
      physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region },
      logicalLocations,
    };
  }
  const region = { startLine: location.line, startColumn: location.column };
  return { physicalLocation: { artifactLocation: artifact(location.file, folders), region }, logicalLocations };
}

/** Relative to the root where it is inside; elsewhere no repository has it, and its whole address is the truth. */
function artifact(file: string, { current, root }: Folders): { uri: string; uriBaseId?: '%SRCROOT%' } {
  if (file === '-' || file === '') return { uri: 'stdin', uriBaseId: '%SRCROOT%' };
  const path = resolve(current, file.toWellFormed().replaceAll('\0', '\ufffd'));
  const inside = relative(root, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    // What URLs let stand and URIs (RFC 3986) do not.
    return { uri: pathToFileURL(path).href.replaceAll(/[^\w.~!*'():/%-]/g, encodeURIComponent) };
  }
  return { uri: inside.split(sep).map(segment).join('/'), uriBaseId: '%SRCROOT%' };
}

/** Dots alone would climb out of their folder, and so do their percent-encodings where URLs are resolved as browsers do. */
function segment(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed());
  return /^\.{1,2}$/.test(encoded) ? `_${encoded}` : encoded;
}
