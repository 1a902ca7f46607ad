import { readFileSync } from 'node:fs';
import { EVENT_EXAMPLES } from '../../core/contracts/event-examples.ts';
import { EVENT_DETAILS, type EventType, type LiftlockEvent } from '../../core/contracts/events.ts';
import { REASON_KINDS } from '../../core/contracts/reasons/reason-facts.ts';
import { REASON_FAMILIES } from '../../core/contracts/reasons.ts';
import { noticeOf } from '../../core/notices/notice-of.ts';
import { type Moment, VETOES } from '../../core/protocol/vetoes.ts';
import { dataModel } from './data-model.ts';
import { describeShape } from './describe-shape.ts';
import { markdownTable } from './markdown-table.ts';
import { plan } from './plan.ts';
import { policies } from './policies.ts';
import { scanReport } from './scan-report.ts';

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

const MOMENTS: readonly Moment[] = ['grant', 'first', 'later'];

/** Everything that forbids a grant or a commit as a Markdown table, in the order in which people are told. */
function vetoes(): string {
  const rows = VETOES.map(({ rule, asked, codes }, row) => [
    `${row + 1}`,
    rule,
    ...MOMENTS.map((moment) => (asked.includes(moment) ? '✓' : '')),
    codes.map((code) => `\`${code}\``).join(', '),
  ]);
  return markdownTable(['Row', 'What must be so', 'Grant', 'First', 'Later', 'Refused with'], rows);
}

/** Every kind and every code of a reason as Markdown: a table of kinds, then one table for each family of codes. */
function reasons(): string {
  const kinds = Object.entries(REASON_KINDS).map(([kind, meaning]) => [`\`${kind}\``, meaning]);
  const families = Object.entries(REASON_FAMILIES).map(([title, family]) => {
    const rows = Object.entries(family)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { kind, meaning }]) => [`\`${code}\``, kind, meaning]);
    return `## ${title}\n\n${markdownTable(['Code', 'Kind', 'Meaning'], rows)}`;
  });
  return [`## Kinds\n\n${markdownTable(['Kind', 'What ends it'], kinds)}`, ...families].join('\n\n');
}

const TYPES = Object.keys(EVENT_DETAILS) as EventType[];

/** Every event as Markdown: a list, then for each its shape, an example as it arrives, and what people are told. */
function events(): string {
  const rows = TYPES.map((type) => [`[${type}](#${type.toLowerCase()})`, EVENT_EXAMPLES[type].when]);
  return [markdownTable(['`detail-type`', 'When'], rows), ...TYPES.map(section)].join('\n\n');
}

function section(type: EventType): string {
  const { detail } = EVENT_EXAMPLES[type];
  const notice = noticeOf({ type, detail } as LiftlockEvent);
  const told =
    notice === undefined
      ? 'People are not told of this one.'
      : `People are told of this one:\n\n> ${notice.what}<br>Why: ${notice.why}<br>What to do: ${notice.todo}<br>Reference: ${notice.reference}`;
  return [
    `### ${type}`,
    `\`\`\`text\n${describeShape(EVENT_DETAILS[type])}\n\`\`\``,
    `\`\`\`json\n${JSON.stringify(detail, undefined, 2)}\n\`\`\``,
    told,
  ].join('\n\n');
}
