import { readFileSync } from 'node:fs';
import { dataModel } from './data-model.ts';
import { events } from './events.ts';
import { plan } from './plan.ts';
import { policies } from './policies.ts';
import { reasons } from './reasons.ts';
import { scanReport } from './scan-report.ts';
import { vetoes } from './vetoes.ts';

const BEGIN = '<!-- begin generated: node docs/generate/write.ts -->';
const END = '<!-- end generated -->';
const PARTS = {
  'data-model.md': dataModel,
  'events.md': events,
  'plan.md': plan,
  'policies.md': policies,
  'protocol.md': vetoes,
  'reasons.md': reasons,
  'scan-report.md': scanReport,
} as const;

export interface GeneratedDocument {
  readonly file: URL;
  readonly actual: string;
  readonly wanted: string;
}

/** The documents as they are, and as they should be: what stands between the markers comes from the code. */
export function generatedDocuments(): readonly GeneratedDocument[] {
  return Object.entries(PARTS).map(([name, generate]) => {
    const file = new URL(`../${name}`, import.meta.url);
    const actual = readFileSync(file, 'utf8');
    const [before, rest] = actual.split(BEGIN);
    const after = rest?.split(END)[1];
    if (after === undefined) throw new Error(`docs/${name} has lost its markers of the generated part`);
    return { file, actual, wanted: `${before}${BEGIN}\n\n${generate()}\n\n${END}${after}` };
  });
}
