import { EVENT_EXAMPLES } from '../../core/contracts/event-examples.ts';
import { EVENT_DETAILS, type EventType, type LiftlockEvent } from '../../core/contracts/events.ts';
import { noticeOf } from '../../core/notices/notice-of.ts';
import { describeShape } from './describe-shape.ts';
import { markdownTable } from './markdown-table.ts';

const TYPES = Object.keys(EVENT_DETAILS) as EventType[];

/** Every event as Markdown: a list, then for each its shape, an example as it arrives, and what people are told. */
export function events(): string {
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
