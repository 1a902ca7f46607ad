import { fieldOf, listOf } from '../../config/checks/check.ts';
import type { DocumentPath } from '../../config/issue.ts';
import { unknownRegionWords } from '../../config/known-regions.ts';

interface Contradiction {
  readonly path: DocumentPath;
  readonly message: string;
}

/** What cannot be true of an inventory though each of its fields has the right form. Reads the plain value, and trusts nothing in it. */
export function contradictions(document: unknown): Contradiction[] {
  return [
    ...listOf(fieldOf(document, 'clusters')).flatMap((cluster, index) => ofCluster(cluster, ['clusters', index])),
    ...ofLearned(fieldOf(document, 'learned')),
  ];
}

const ARN = /^arn:[a-z-]+:eks:([a-z0-9-]+):(\d{12}):cluster\/(.+)$/;

function ofCluster(cluster: unknown, path: DocumentPath): Contradiction[] {
  const text = (field: string): string | undefined => {
    const value = fieldOf(cluster, field);
    return typeof value === 'string' ? value : undefined;
  };
  const [arn, region] = [text('arn'), text('region')];
  const parts = ARN.exec(arn ?? '');
  if (parts === null) {
    // A Region that an ARN names as well is taken as it is: AWS opens new ones, and an inventory that was printed has ARNs.
    const unknown = unknownRegionWords(region ?? '');
    if (unknown === undefined) return [];
    return [{ path: [...path, 'region'], message: `${unknown} Where it is right, give the arn as well.` }];
  }
  const [, inRegion, inAccount, named] = parts;
  const told = [
    ['region', inRegion],
    ['accountId', inAccount],
    ['name', named],
  ] as const;
  const others = told.filter(([field, said]) => text(field) !== undefined && text(field) !== said);
  if (others.length === 0) return [];
  const which = others.map(([field, said]) => `${field} is "${text(field)}" and not "${said}"`).join(', ');
  const message = `"${arn}" is another cluster: here ${which}. Correct one of the two, or leave arn out.`;
  return [{ path: [...path, 'arn'], message }];
}

function ofLearned(learned: unknown): Contradiction[] {
  const [half, nine] = [fieldOf(learned, 'p50'), fieldOf(learned, 'p90')];
  if (typeof half !== 'number' || typeof nine !== 'number' || nine >= half) return [];
  const message = `${nine} is less than p50 (${half}), and nine of ten hops cannot have ended before half of them had. Write at least ${half}, or leave learned out.`;
  return [{ path: ['learned', 'p90'], message }];
}
